package dev.procession.bench;

import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.rival.queue.QueueThreadRival;
import java.util.List;
import java.util.function.Supplier;

/** The cost of a queue for one thread: no other thread is awake, so the thread never waits. */
final class QueueComparisons {

    private static final String SINGLE = "Procession, take";
    private static final String DRAINED = "Procession, drainTo";
    private static final String PUT_ONE = "Procession, put";
    private static final String PUT_MANY = "Procession, putAll";
    private static final String BOTH = "Procession, put and take";
    private static final String CODEC = "encode and decode, and 100 ns";

    private QueueComparisons() {}

    static List<Comparison> comparisons() {
        return List.of(
                comparison(
                        "queue-drain",
                        "32 bytes taken from a queue that was filled before",
                        () -> QueueThreadRival.Way.DRAIN.as(DRAINED),
                        () -> QueueThreadRival.Way.TAKE.as(SINGLE)),
                comparison(
                        "queue-fill",
                        "32 bytes put into an empty queue",
                        () -> QueueThreadRival.Way.PUT_ALL.as(PUT_MANY),
                        () -> QueueThreadRival.Way.PUT.as(PUT_ONE)),
                comparison(
                        "queue-thread",
                        "32 bytes put and taken by one thread, beside encoding and decoding them",
                        () -> QueueThreadRival.Way.PUT_AND_TAKE.as(BOTH),
                        () -> QueueThreadRival.Way.CODEC.as(CODEC)));
    }

    private static Comparison comparison(
            String name,
            String question,
            Supplier<QueueThreadRival> ours,
            Supplier<QueueThreadRival> beside) {
        return new Comparison(
                name,
                question,
                "ns",
                true,
                Effort.ofShortRounds(1_000_000, 5_000_000),
                Effort.ofFewShortRounds(500_000, 3_000_000),
                () -> List.of(beside.get(), ours.get()));
    }

    static List<Bar> bars() {
        return List.of(
                new Bar(
                        "queue-drain",
                        DRAINED,
                        SINGLE,
                        0.5,
                        "drainTo: at least twice as fast as single takes"),
                new Bar(
                        "queue-thread",
                        BOTH,
                        CODEC,
                        1.0,
                        "put and take in one thread: at most 100 ns over encoding and decoding"));
    }
}
