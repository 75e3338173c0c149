package dev.procession.bench.rival.pool;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.Scratch;
import dev.procession.bench.statistics.Numbers;
import dev.procession.core.SerializableCallable;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.WorkerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * From the SIGKILL of a worker that runs a task until the next task's result is there, in
 * milliseconds. The next task waits behind the first one, and a spare worker for both. The time
 * includes the kernel's work, which frees the worker's memory before it reports the death.
 */
public final class CrashRival implements Rival {

    private static final int WORKERS_AND_SPARE = 2;
    private static final double NANOS_PER_MILLI = 1e6;

    private @Nullable Scratch scratch;
    private @Nullable ProcessPoolExecutor pool;

    @Override
    public String name() {
        return RivalNames.PROCESSION;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() throws IOException {
        scratch = Scratch.create();
        pool = ProcessPoolExecutor.builder().workers(1).warmSpare(true).build();
        pool.prestartAllWorkers();
    }

    @Override
    public Figure measure(int amount) throws Exception {
        ProcessPoolExecutor used = pool;
        Scratch files = scratch;
        if (used == null || files == null) {
            throw new IllegalStateException("not open");
        }
        double[] millis = new double[amount];
        for (int i = 0; i < amount; i++) {
            millis[i] = crash(used, files.directory().resolve("pid").toString());
        }
        return Figure.of(Numbers.median(Arrays.stream(millis)));
    }

    private static double crash(ProcessPoolExecutor pool, String name) throws Exception {
        while (pool.workers().stream().filter(w -> w.state() == WorkerState.IDLE).count()
                < WORKERS_AND_SPARE) {
            Thread.sleep(1); // until the spare of the previous round exists
        }
        Path file = Path.of(name);
        Files.deleteIfExists(file);
        Future<Integer> killed = pool.submit(() -> reportAndCompute(name));
        Future<Integer> next = pool.submit(SerializableCallable.of(() -> 1));
        while (!Files.exists(file)) {
            Thread.sleep(1);
        }
        ProcessHandle worker =
                ProcessHandle.of(Long.parseLong(Files.readString(file))).orElseThrow();
        long start = System.nanoTime();
        if (!worker.destroyForcibly()) {
            throw new IllegalStateException("the worker has ended by itself: pid=" + worker.pid());
        }
        int result = next.get();
        long end = System.nanoTime();
        if (result != 1) {
            throw new IllegalStateException("a wrong result: " + result);
        }
        try {
            throw new IllegalStateException("no crash: result=" + killed.get());
        } catch (ExecutionException e) {
            return (end - start) / NANOS_PER_MILLI;
        }
    }

    private static int reportAndCompute(String file) throws IOException, InterruptedException {
        Path draft = Path.of(file + ".new");
        Files.writeString(draft, Long.toString(ProcessHandle.current().pid()));
        Files.move(draft, Path.of(file), StandardCopyOption.ATOMIC_MOVE);
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }

    @Override
    public void close() throws IOException {
        if (pool != null) {
            pool.close();
        }
        if (scratch != null) {
            scratch.close();
        }
    }
}
