package dev.procession.bench.race;

import dev.procession.bench.machine.CpuTimes;
import dev.procession.bench.machine.ProcessTree;
import dev.procession.bench.statistics.Numbers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A rival in a {@link Race}: its figures, and whether it still takes part. */
final class Entrant {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private final List<Figure> figures = new ArrayList<>();
    private Rival rival;
    private Set<Long> processes = Set.of();
    private boolean opened;
    private int amount;
    private String version = "";
    private String skipped = "";
    private String failure = "";

    Entrant(Rival rival) {
        this.rival = rival;
    }

    /**
     * Opens a rival and warms it up; after {@link #close} another one like it, for the same amount.
     *
     * @param fresh the rival of this pass
     * @param leastNanos how long it is warmed up at least
     */
    void open(Rival fresh, Effort effort, long leastNanos) throws InterruptedException {
        if (!takesPart()) {
            return; // it failed in an earlier pass
        }
        rival = fresh;
        Set<Long> before = ProcessTree.descendants();
        opened = true;
        try {
            rival.open();
            version = rival.version();
            int fitting = effort.amount();
            if (effort.warmUp() > 0) {
                fitting = WarmUp.of(effort, leastNanos).run(rival);
            }
            amount = amount == 0 ? fitting : amount;
            processes = ProcessTree.descendants();
            processes.removeAll(before);
        } catch (NotInstalledException e) {
            skipped = e.getMessage();
            System.err.println(rival.name() + " is skipped: " + skipped);
        } catch (Exception e) {
            fail(e);
        }
    }

    /**
     * Measures a round.
     *
     * @param ofOthers the processes of the other rivals, which should be idle, but for a server
     *     that this one shares with them
     */
    void measure(Set<Long> ofOthers) throws InterruptedException {
        if (!takesPart()) {
            return;
        }
        try {
            Set<Long> servers = rival.servers();
            Set<Long> others = new HashSet<>(ofOthers);
            others.removeAll(servers);
            Set<Long> known = ProcessTree.without(others);
            CpuTimes othersBefore = CpuTimes.of(others);
            CpuTimes serversBefore = CpuTimes.of(servers);
            CpuTimes ownBefore = CpuTimes.of(known);
            long start = System.nanoTime();
            Figure figure = rival.measure(amount);
            double nanos = System.nanoTime() - start;
            // At once, because looking for new processes takes processor time itself.
            CpuTimes knownAfter = CpuTimes.of(known);
            long serverNanos = CpuTimes.of(servers).nanosSince(serversBefore);
            long othersNanos = CpuTimes.of(others).nanosSince(othersBefore);
            Set<Long> own = ProcessTree.without(others);
            known.forEach(own::remove);
            long ownNanos = knownAfter.and(CpuTimes.of(own)).nanosSince(ownBefore);
            own.addAll(knownAfter.processes().keySet());
            own.remove(ProcessHandle.current().pid());
            processes = own;
            if (!servers.isEmpty()) {
                figure = figure.with(Figure.SERVER_CPU, serverNanos / NANOS_PER_MICRO / amount);
            }
            figures.add(
                    figure.with(Figure.CPU, ownNanos / NANOS_PER_MICRO / amount)
                            .with(Figure.PROCESSORS, ownNanos / nanos)
                            .with(Figure.IDLE_PROCESSORS, othersNanos / nanos)
                            .with(
                                    Figure.MEMORY,
                                    ProcessTree.memoryBytes(own) / BYTES_PER_MEBIBYTE));
        } catch (Exception e) {
            fail(e);
        }
    }

    void close() {
        if (!opened) {
            return;
        }
        opened = false;
        try {
            rival.close();
        } catch (Exception e) {
            if (takesPart()) {
                failure = "closing: " + e;
            }
            e.printStackTrace();
        }
    }

    private void fail(Exception e) throws InterruptedException {
        if (e instanceof InterruptedException interruption) {
            throw interruption;
        }
        failure = e.toString();
        System.err.println(rival.name() + " failed:");
        e.printStackTrace();
    }

    boolean takesPart() {
        return skipped.isEmpty() && failure.isEmpty();
    }

    /** The processes that it has started, as of its last turn. */
    Set<Long> processes() {
        return processes;
    }

    /** The last figure, in readable form. */
    String latest() {
        if (!takesPart()) {
            return "";
        }
        Figure figure = figures.get(figures.size() - 1);
        return "  " + rival.name() + " " + Numbers.shown(figure.value());
    }

    Standing standing() {
        return new Standing(rival.name(), version, amount, List.copyOf(figures), skipped, failure);
    }
}
