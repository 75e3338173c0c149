package dev.procession.system.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import dev.procession.system.program.PipeStormParts;
import dev.procession.system.program.PipeStormParts.End;
import dev.procession.system.program.PipeStormParts.Part;
import dev.procession.system.program.PipeStormParts.Report;
import dev.procession.system.program.StormLedger;
import dev.procession.testing.Await;
import dev.procession.testing.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One place in a storm of pipes: matches between a partner, which plays many, and a victim, which
 * plays one and dies in it. Used by one thread.
 */
public final class PipeStorm {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POINT_PATIENCE = Duration.ofSeconds(3);
    private static final long ENDLESS = Long.MAX_VALUE;
    private static final int MAX_LIFE_MILLIS = 60;
    private static final int MAX_START_MILLIS = 10 * MAX_LIFE_MILLIS;
    private static final int MAX_STOP_MILLIS = 60;
    private static final int MAX_SENDS = 300;
    private static final int LONG_STOP_SECONDS = 3;

    /** How a match is to end. */
    private enum Fate {
        /** The victim gets SIGKILL at any instant. */
        KILL,
        /** The victim gets SIGKILL at a place of its code, or later at any instant. */
        POINT,
        /** Both get SIGKILL. */
        BOTH,
        /** The victim closes its end and exits. */
        LEAVES,
        /** The partner closes its end. */
        IS_LEFT
    }

    /** A process that plays, and the pipe that carries its parts. */
    private record Player(ChildProcess<Void> process, Connection<Object> commands) {}

    private final PipeStormCounts tally;
    private final boolean lanes;
    private final Path directory;
    private final Random random;
    private @Nullable Player partner;
    private int matches;

    public PipeStorm(PipeStormCounts tally, boolean lanes, Path directory, Random random) {
        this.tally = tally;
        this.lanes = lanes;
        this.directory = directory;
        this.random = random;
    }

    /** Plays until enough victims have died. */
    public void run() throws Exception {
        while (!tally.isEnough()) {
            String point = tally.choose(random);
            play(point.isEmpty() ? fate() : Fate.POINT, point);
        }
    }

    private Fate fate() {
        int dice = random.nextInt(10);
        return dice == 0
                ? Fate.BOTH
                : dice == 1 ? Fate.LEAVES : dice == 2 ? Fate.IS_LEFT : Fate.KILL;
    }

    private void play(Fate fate, String point) throws Exception {
        Player theirs = partner();
        String name = directory.resolve("m" + matches++).toString();
        Path note = Path.of(name + "-note");
        long seed = random.nextLong();
        Pipe<byte[]> pipe = lanes ? Pipe.open() : null;
        Part partnersPart =
                new Part(
                        pipe == null ? null : pipe.first(),
                        name,
                        true,
                        name + "-partner",
                        seed,
                        ~seed,
                        fate == Fate.IS_LEFT ? 1 + random.nextInt(MAX_SENDS) : ENDLESS);
        Part victimsPart =
                new Part(
                        pipe == null ? null : pipe.second(),
                        name,
                        false,
                        name + "-victim",
                        ~seed,
                        seed,
                        fate == Fate.LEAVES ? 1 + random.nextInt(MAX_SENDS) : ENDLESS);
        theirs.commands().send(partnersPart);
        assertThat(theirs.commands().receive(PATIENCE)).contains("ready");
        Player victim = victim(victimsPart, point, note);
        try {
            long end = end(fate, victim, theirs, partnersPart, victimsPart);
            if (fate == Fate.BOTH) {
                requireDeath(theirs);
                partner = null;
                tally.countRandom(victim.process().exitCode().orElse(-1) == 0 ? 1 : 2);
            } else {
                check(fate, report(theirs), end);
                if (fate == Fate.LEAVES || fate == Fate.IS_LEFT) {
                    checkVictim(fate, victim);
                } else if (Files.exists(note)) {
                    tally.countAt(point);
                } else {
                    tally.countRandom(1);
                }
            }
            checkLedgers(fate, partnersPart, victimsPart);
        } catch (AssertionError e) {
            throw new AssertionError(
                    "in a match: lanes=" + lanes + ", fate=" + fate + ", point=" + point, e);
        } finally {
            victim.process().close();
            victim.commands().close();
        }
        clear(note, partnersPart, victimsPart);
    }

    private Player partner() {
        Player known = partner;
        if (known == null) {
            Pipe<Object> commands = Pipe.open();
            Connection<Object> theirs = commands.second();
            known =
                    new Player(
                            ChildProcess.start(PipeStormParts.forEver(theirs)), commands.first());
            partner = known;
        }
        return known;
    }

    private static Player victim(Part part, String point, Path note) {
        Pipe<Object> commands = Pipe.open();
        Connection<Object> theirs = commands.second();
        ChildProcess.Builder builder = ChildProcess.builder();
        if (!point.isEmpty()) {
            builder.systemProperty("procession.killPoint", point);
            builder.systemProperty("procession.killNote", note.toString());
        }
        return new Player(builder.start(PipeStormParts.once(part, theirs)), commands.first());
    }

    /** Ends the match, and returns the time at which the victim had ended. */
    private long end(Fate fate, Player victim, Player theirs, Part partnersPart, Part victimsPart)
            throws Exception {
        ChildProcess<Void> process = victim.process();
        boolean partnerFirst = false;
        if (fate == Fate.KILL || fate == Fate.BOTH) {
            awaitStart(process, partnersPart, victimsPart);
            stop(random.nextBoolean() ? process : theirs.process());
            park(random.nextInt(MAX_LIFE_MILLIS));
            partnerFirst = fate == Fate.BOTH && random.nextBoolean();
            if (partnerFirst) {
                theirs.process().kill();
            }
            process.kill();
            if (fate == Fate.BOTH) {
                theirs.process().kill();
            }
        } else if (fate == Fate.POINT) {
            awaitConnected(process, partnersPart, victimsPart);
            if (!process.join(POINT_PATIENCE)) {
                process.kill();
            }
        }
        assertThat(process.join(PATIENCE)).as("the victim has ended").isTrue();
        if (fate == Fate.LEAVES || fate == Fate.IS_LEFT) {
            requireResult(process);
        } else if (partnerFirst && process.exitCode().orElse(-1) == 0) {
            // The victim has found the partner's death, and has ended, before its own signal came.
            checkVictim(fate, victim);
        } else {
            requireKilled(fate, process);
        }
        return System.nanoTime();
    }

    private static void requireKilled(Fate fate, ChildProcess<Void> process)
            throws InterruptedException {
        if (process.exitCode().orElse(-1) != 137) {
            requireResult(process);
            throw new AssertionError("a process has ended by itself: fate=" + fate);
        }
    }

    private static void requireResult(ChildProcess<Void> process) throws InterruptedException {
        try {
            process.result();
        } catch (ExecutionException e) {
            throw new AssertionError("a process has failed by itself", e.getCause());
        }
    }

    /**
     * Waits until both have the connection; at a lane sometimes for a random time instead, which
     * may end before.
     */
    private void awaitStart(ChildProcess<Void> victim, Part partnersPart, Part victimsPart) {
        if (lanes && random.nextInt(4) == 0) {
            park(random.nextInt(MAX_START_MILLIS));
        } else {
            awaitConnected(victim, partnersPart, victimsPart);
        }
    }

    /**
     * Waits until both have the connection. A partner that listens opens its ledger when the victim
     * has connected; the partner at a lane has its end before the victim's process starts, so there
     * the victim's ledger counts.
     */
    private void awaitConnected(ChildProcess<Void> victim, Part partnersPart, Part victimsPart) {
        Path opened = lanes ? victimsPart.received() : partnersPart.received();
        Await.until(
                PATIENCE, () -> Files.exists(opened) || !victim.isAlive(), () -> "a match begins");
    }

    private void stop(ChildProcess<Void> process) throws IOException, InterruptedException {
        boolean forLong = tally.takeLongStop();
        if (!forLong && random.nextInt(10) > 0) {
            return;
        }
        Signal.STOP.sendToMortal(process.pid());
        try {
            park(
                    forLong
                            ? TimeUnit.SECONDS.toMillis(LONG_STOP_SECONDS)
                            : random.nextInt(MAX_STOP_MILLIS));
            Player theirs = partner;
            assertThat(theirs != null && theirs.commands().poll(Duration.ZERO))
                    .as("a stopped process counts as dead")
                    .isFalse();
        } finally {
            Signal.CONT.sendToMortal(process.pid());
        }
    }

    private static void park(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long remaining;
        while ((remaining = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(remaining);
        }
    }

    private static Report report(Player player) throws InterruptedException {
        try {
            Object report = player.commands().receive(PATIENCE).orElse(null);
            if (report instanceof Report known) {
                return known;
            }
            throw new AssertionError("a partner hangs: report=" + report);
        } catch (EndOfPipeException e) {
            assertThat(player.process().join(PATIENCE)).isTrue();
            requireResult(player.process());
            throw e;
        }
    }

    private static void requireDeath(Player player) throws InterruptedException {
        assertThat(player.process().join(PATIENCE)).isTrue();
        requireKilled(Fate.BOTH, player.process());
        try {
            while (true) {
                Object word = player.commands().receive(PATIENCE).orElse(null);
                if (word == null) {
                    throw new AssertionError("the death of a partner is not reported");
                }
            }
        } catch (EndOfPipeException e) {
            assertThat(e.died()).isTrue();
        } finally {
            player.commands().close();
        }
    }

    private void check(Fate fate, Report report, long end) {
        End expected =
                switch (fate) {
                    case KILL, POINT, BOTH -> End.DIED;
                    case LEAVES -> End.CLOSED;
                    case IS_LEFT -> End.OWN;
                };
        assertThat(report.sending()).as("the end of sending").isEqualTo(expected);
        assertThat(report.receiving()).as("the end of receiving").isEqualTo(expected);
        if (fate != Fate.IS_LEFT) {
            long since = Math.max(end, report.lastNanos());
            tally.countWait(report.endNanos() - since - report.stillNanos());
        }
    }

    private static void checkVictim(Fate fate, Player victim) throws InterruptedException {
        End expected =
                switch (fate) {
                    case KILL, POINT, BOTH -> End.DIED;
                    case LEAVES -> End.OWN;
                    case IS_LEFT -> End.CLOSED;
                };
        Report report = report(victim);
        assertThat(report.sending()).as("the victim's end of sending").isEqualTo(expected);
        assertThat(report.receiving()).as("the victim's end of receiving").isEqualTo(expected);
    }

    private void checkLedgers(Fate fate, Part partner, Part victim) throws IOException {
        boolean partnerDied = fate == Fate.BOTH;
        boolean victimDied = partnerDied || fate == Fate.KILL || fate == Fate.POINT;
        boolean partnerLeft = fate == Fate.IS_LEFT;
        boolean victimLeft = fate == Fate.LEAVES;
        checkDirection(victim, victimDied, partner, partnerDied || partnerLeft);
        checkDirection(partner, partnerDied, victim, victimDied || victimLeft);
    }

    /**
     * Acknowledged messages were received once and in order, except those that an ended receiver
     * did not read.
     */
    private void checkDirection(Part from, boolean fromDied, Part to, boolean receiverEnded)
            throws IOException {
        int sent = count(from.sent());
        int received = count(to.received());
        tally.countMessages(sent, received);
        assertThat(received)
                .as("messages of %s, sent: %d", from.ledger(), sent)
                .isBetween(receiverEnded ? 0 : sent, fromDied ? sent + 1 : sent);
    }

    private static int count(Path ledger) throws IOException {
        long[] entries = StormLedger.read(ledger);
        for (int i = 0; i < entries.length; i++) {
            assertThat(entries[i]).isEqualTo(i);
        }
        return entries.length;
    }

    private static void clear(Path note, Part one, Part other) throws IOException {
        Files.deleteIfExists(note);
        for (Part part : new Part[] {one, other}) {
            Files.deleteIfExists(part.sent());
            Files.deleteIfExists(part.received());
            Files.deleteIfExists(Path.of(part.address()));
            Files.deleteIfExists(Path.of(part.address() + ".lock"));
        }
    }

    /** Lets the partner end. */
    public void finish() throws InterruptedException {
        Player known = partner;
        if (known != null) {
            known.commands().close();
            try {
                assertThat(known.process().join(PATIENCE)).isTrue();
            } finally {
                known.process().close();
            }
        }
    }
}
