package dev.procession.bench.rival.manager;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import dev.procession.manager.SharedDict;
import java.util.Iterator;
import java.util.Set;

/** An operation of a dict with many entries, in microseconds. */
public final class FilledDictRival implements Rival {

    /** A prime, so that neighbouring calls do not use neighbouring entries. */
    private static final long STEP = 7919;

    private final String name;
    private final FilledDict filled;
    private final Operation operation;
    private Set<Long> servers = Set.of();

    /** An operation on one entry. */
    @FunctionalInterface
    public interface OnKey {
        void run(SharedDict<Integer, String> dict, int key);
    }

    /**
     * What is measured.
     *
     * @param weight it is done once for so many pieces of work
     * @param action the operation itself
     * @param leavesSnapshots whether the server keeps something of it until this JVM's collector
     *     finds an iterator
     */
    public record Operation(int weight, OnKey action, boolean leavesSnapshots) {

        private static final int PAGE_ENTRIES = 1000;

        private Operation(int weight, OnKey action) {
            this(weight, action, false);
        }

        public static final Operation GET =
                new Operation(
                        1, (dict, key) -> ManagerWork.require(FilledDict.isRight(dict.get(key))));

        public static final Operation PUT =
                new Operation(
                        1,
                        (dict, key) ->
                                ManagerWork.require(
                                        FilledDict.isRight(dict.put(key, FilledDict.value()))));

        public static final Operation REMOVE_AND_PUT =
                new Operation(
                        2,
                        (dict, key) -> {
                            ManagerWork.require(FilledDict.isRight(dict.remove(key)));
                            ManagerWork.require(dict.put(key, FilledDict.value()) == null);
                        });

        public static final Operation COMPUTE =
                new Operation(
                        2,
                        (dict, key) ->
                                ManagerWork.require(
                                        FilledDict.isRight(
                                                dict.compute(key, (k, value) -> value))));

        /** The entries of an iteration's first page. */
        public static final Operation FIRST_PAGE =
                new Operation(
                        PAGE_ENTRIES,
                        (dict, key) -> {
                            Iterator<String> values = dict.values().iterator();
                            for (int i = 0; i < PAGE_ENTRIES; i++) {
                                ManagerWork.require(FilledDict.isRight(values.next()));
                            }
                        },
                        true);
    }

    public FilledDictRival(String name, FilledDict filled, Operation operation) {
        this.name = name;
        this.filled = filled;
        this.operation = operation;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        filled.open();
        servers = Set.of(filled.server());
    }

    @Override
    public Set<Long> servers() {
        return servers;
    }

    @Override
    public Figure measure(int amount) throws Exception {
        SharedDict<Integer, String> dict = filled.filled(amount);
        int entries = filled.entries();
        int times = Math.max(1, amount / operation.weight);
        Figure figure =
                Latencies.of(times, i -> operation.action.run(dict, (int) (i * STEP % entries)));
        if (operation.leavesSnapshots) {
            System.gc(); // or the next rival's changes keep old values for the snapshots
        }
        return operation.equals(Operation.GET)
                ? figure.with(Figure.ENTRY_BYTES, filled.bytesAnEntry())
                : figure;
    }

    @Override
    public void close() {
        filled.close();
    }
}
