package dev.procession.system.tool;

import dev.procession.core.ChildProcess;
import dev.procession.queue.ProcessQueue;
import dev.procession.system.program.StormParts;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Producers and consumers at one queue that die repeatedly, by SIGKILL from outside or at a place
 * of their own code, are stopped now and then, or lose the file that proves them alive to a cleaner
 * of temporary files; each dead process is replaced. A process that dies at a place leaves a note,
 * so the cause of each death is known.
 */
public final class QueueStorm implements AutoCloseable {

    private static final int PRODUCERS = 4;
    private static final int CONSUMERS = 4;
    // How many of DICE ticks bring a random death: fewer when only deaths at places are missing.
    private static final int DICE = 200;
    private static final int OFTEN = 8;
    private static final int SELDOM = 2;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How the processes use the queue. */
    public enum Way {
        /** Elements are put and taken one by one, and now and then removed from the middle. */
        SINGLE,
        /** Elements are put and taken many at once. */
        BATCHES,
        /** Elements are put one by one and leased. */
        LEASES
    }

    /** How many elements are put or taken at once. */
    public static final int BATCH = 5;

    /** One process, or its successor. */
    private static final class Part {
        private final boolean producing;
        private final int number;
        private @Nullable ChildProcess<Void> process;
        private @Nullable Path ledger;
        private String killPoint = "";

        Part(boolean producing, int number) {
            this.producing = producing;
            this.number = number;
        }
    }

    private final ProcessQueue<byte[]> queue;
    private final ProcessQueue<Integer> halt = ProcessQueue.create(1);
    private final Path ledgers;
    private final Random random;
    private final List<Part> parts = new ArrayList<>();
    private final StormPoints points;
    private final Way way;
    private int started;
    private int producersStarted;
    private int randomDeaths;
    private boolean finishing;
    private int consumerDeaths;
    private long writtenByDeadProcesses;
    private long longestStall;

    public QueueStorm(
            ProcessQueue<byte[]> queue, Way way, Path ledgers, Random random, StormPoints points) {
        this.queue = queue;
        this.way = way;
        this.ledgers = ledgers;
        this.random = random;
        this.points = points;
        for (int i = 0; i < PRODUCERS; i++) {
            parts.add(new Part(true, i));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            parts.add(new Part(false, i));
        }
    }

    public int producersStarted() {
        return producersStarted;
    }

    /** How many processes died by a signal that came at any time. */
    public int randomDeaths() {
        return randomDeaths;
    }

    public int consumerDeaths() {
        return consumerDeaths;
    }

    /**
     * The longest time in which nothing was taken though a producer and a consumer were alive and
     * at work, less the time in which this process itself was stopped.
     */
    public long longestStallMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestStall);
    }

    public Path producerLedger(int producer) {
        return ledgers.resolve("p" + producer);
    }

    public List<Path> consumerLedgers() throws IOException {
        try (var files = Files.list(ledgers)) {
            return files.filter(f -> f.getFileName().toString().startsWith("c")).toList();
        }
    }

    /** Runs until this many processes have died at random, and as many as wanted at each place. */
    public void run(int wantedDeaths) throws IOException, InterruptedException {
        for (Part part : parts) {
            start(part);
        }
        long bytes = 0;
        long moved = System.nanoTime();
        long own = 0;
        while (randomDeaths < wantedDeaths || !points.areDone()) {
            long before = System.nanoTime();
            LockSupport.parkNanos(TICK_NANOS);
            damage(randomDeaths < wantedDeaths ? OFTEN : SELDOM);
            replaceDeadProcesses();
            long now = System.nanoTime();
            own += Math.max(0, now - before - 2 * TICK_NANOS);
            long written = written();
            if (written != bytes || !isAtWork(true) || !isAtWork(false) || isOneDying()) {
                longestStall = Math.max(longestStall, now - moved - own);
                bytes = written;
                moved = now;
                own = 0;
            }
        }
        longestStall = Math.max(longestStall, System.nanoTime() - moved - own);
    }

    /**
     * True if a process is at its kill point and waits there for the signal that it has requested:
     * it has not died yet, and no other process can take what it holds.
     */
    private boolean isOneDying() {
        for (Part part : parts) {
            if (!part.killPoint.isEmpty()
                    && part.process != null
                    && part.process.isAlive()
                    && Files.exists(note(part))) {
                return true;
            }
        }
        return false;
    }

    /** True if a process of one side lives and has come as far as its first element. */
    private boolean isAtWork(boolean producing) throws IOException {
        for (Part part : parts) {
            if (part.producing == producing
                    && part.process != null
                    && part.process.isAlive()
                    && part.ledger != null
                    && size(part.ledger) > 0) {
                return true;
            }
        }
        return false;
    }

    private void damage(int often) throws IOException, InterruptedException {
        Part victim = parts.get(random.nextInt(parts.size()));
        ChildProcess<Void> process = victim.process;
        if (process == null || !process.isAlive()) {
            return;
        }
        int dice = random.nextInt(DICE);
        if (dice < often) {
            process.kill();
        } else if (dice == DICE - 2) {
            SessionFiles.removeLifeFileOf(process.pid());
        } else if (dice == DICE - 1) {
            Signal.STOP.sendToMortal(process.pid());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(100)));
            Signal.CONT.sendToMortal(process.pid());
        }
    }

    private static AssertionError failure(ChildProcess<Void> process) throws InterruptedException {
        try {
            process.result();
            return new AssertionError("a process has ended by itself");
        } catch (ExecutionException e) {
            return new AssertionError("a process has failed by itself", e.getCause());
        }
    }

    private void replaceDeadProcesses() throws IOException, InterruptedException {
        for (Part part : parts) {
            ChildProcess<Void> process = part.process;
            if (process != null && process.exitCode().isPresent()) {
                int code = process.exitCode().getAsInt();
                if (code != 137) {
                    throw failure(process);
                }
                countDeath(part);
                start(part);
            }
        }
    }

    private void countDeath(Part part) throws IOException {
        if (Files.exists(note(part))) {
            points.count(part.killPoint);
        } else {
            randomDeaths++;
        }
        if (!part.producing) {
            consumerDeaths++;
            writtenByDeadProcesses += part.ledger == null ? 0 : size(part.ledger);
        }
    }

    /** The note that a process leaves when it reaches its kill point. */
    private static Path note(Part part) {
        Path ledger = part.ledger;
        if (ledger == null) {
            throw new IllegalStateException("it was not started: " + part.number);
        }
        return ledger.resolveSibling("died-" + ledger.getFileName());
    }

    private void start(Part part) {
        ChildProcess.Builder builder = ChildProcess.builder();
        part.ledger =
                part.producing ? producerLedger(producersStarted) : ledgers.resolve("c" + started);
        part.killPoint = finishing ? "" : points.choose(part.producing, random);
        if (!part.killPoint.isEmpty()) {
            builder.systemProperty("procession.killPoint", part.killPoint);
            builder.systemProperty("procession.killNote", note(part).toString());
        }
        if (part.producing) {
            part.process =
                    builder.start(
                            StormParts.producer(
                                    queue,
                                    halt,
                                    producersStarted,
                                    way == Way.BATCHES ? BATCH : 1,
                                    part.ledger.toString()));
            producersStarted++;
        } else {
            String ledger = part.ledger.toString();
            part.process =
                    builder.start(
                            switch (way) {
                                case SINGLE -> StormParts.consumer(queue, ledger, started);
                                case BATCHES -> StormParts.drainer(queue, BATCH, ledger);
                                case LEASES -> StormParts.leaser(queue, ledger);
                            });
        }
        started++;
    }

    private long written() throws IOException {
        long bytes = writtenByDeadProcesses;
        for (Part part : parts) {
            if (!part.producing && part.ledger != null) {
                bytes += size(part.ledger);
            }
        }
        return bytes;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** Ends the producers, and the consumers when they have taken all elements. */
    public void finish() throws IOException, InterruptedException {
        halt.close();
        // All consumers may die at their kill points while a producer waits for room.
        Part spare = new Part(false, -1);
        parts.add(spare);
        finishing = true;
        start(spare);
        for (Part part : parts) {
            if (part.producing) {
                join(part);
            }
        }
        queue.close();
        for (Part part : parts) {
            if (!part.producing) {
                join(part);
            }
        }
    }

    /** Ends the processes that still run after a failure. */
    @Override
    public void close() {
        halt.close();
        for (Part part : parts) {
            ChildProcess<Void> process = part.process;
            if (process != null) {
                process.kill();
                process.close();
            }
        }
    }

    private void join(Part part) throws IOException, InterruptedException {
        ChildProcess<Void> process = part.process;
        if (process == null) {
            throw new IllegalStateException("it was not started: " + part.number);
        }
        process.join();
        int code = process.exitCode().orElse(-1);
        if (code == 137) {
            countDeath(part); // at its kill point
        } else if (code != 0) {
            throw failure(process);
        }
    }
}
