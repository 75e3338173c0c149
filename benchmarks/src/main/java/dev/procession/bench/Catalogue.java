package dev.procession.bench;

import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.rival.PythonRival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.pipe.PipeBytesRival;
import dev.procession.bench.rival.queue.AgronaRingRival;
import dev.procession.bench.rival.queue.ChronicleQueueRival;
import dev.procession.bench.rival.queue.QueueEchoRival;
import dev.procession.bench.rival.queue.QueueFlowRival;
import java.util.List;
import java.util.stream.Stream;

/** All comparisons, and the bars that Procession must reach. */
final class Catalogue {

    private static final String ONE_AND_ONE = "Procession, 1 and 1";
    private static final String TWO_AND_TWO = "Procession, 2 and 2";
    private static final String FOUR_AND_FOUR = "Procession, 4 and 4";
    private static final String BATCHES = "Procession, putAll and drainTo";

    private Catalogue() {}

    static List<Comparison> comparisons() {
        return Stream.of(
                        PoolComparisons.comparisons(),
                        List.of(queueFlow(), queueParties(), queueEcho()),
                        QueueComparisons.comparisons(),
                        PipeComparisons.comparisons(),
                        ManagerComparisons.comparisons())
                .flatMap(List::stream)
                .toList();
    }

    static List<Bar> bars() {
        return Stream.of(
                        PoolComparisons.bars(),
                        queueBars(),
                        QueueComparisons.bars(),
                        PipeComparisons.bars(),
                        ManagerComparisons.bars())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Bar> queueBars() {
        return List.of(
                new Bar(
                        "queue-flow",
                        RivalNames.PYTHON,
                        RivalNames.PROCESSION,
                        1.0 / 30,
                        "one producer and one consumer: at least 30 times Python's"),
                new Bar(
                        "queue-flow",
                        ChronicleQueueRival.NAME,
                        RivalNames.PROCESSION,
                        1.0,
                        "one producer and one consumer: no slower than Chronicle Queue"),
                new Bar(
                        "queue-parties",
                        ONE_AND_ONE,
                        TWO_AND_TWO,
                        2.0,
                        "two and two: at least half of one and one"),
                new Bar(
                        "queue-parties",
                        ONE_AND_ONE,
                        FOUR_AND_FOUR,
                        2.0,
                        "four and four: at least half of one and one"),
                new Bar(
                        "queue-flow",
                        RivalNames.PROCESSION,
                        BATCHES,
                        0.5,
                        "putAll and drainTo: at least twice single puts and takes"),
                new Bar(
                        "queue-flow",
                        RivalNames.PROCESSION,
                        RivalNames.PIPE,
                        1.0,
                        "a pipe one way: faster than the queue"),
                new Bar(
                        "queue-echo",
                        RivalNames.PROCESSION,
                        RivalNames.PYTHON,
                        0.2,
                        "a round trip by two queues: at most a fifth of Python's median"),
                new Bar(
                        "queue-echo",
                        RivalNames.PIPE,
                        RivalNames.PROCESSION,
                        1.0,
                        "a pipe's round trip: faster than the queue's"));
    }

    private static Comparison queueFlow() {
        return new Comparison(
                        "queue-flow",
                        "32 bytes at a time through a queue, from one process to another",
                        "elements/s",
                        false,
                        Effort.ofShortRounds(500_000, 1_000_000),
                        Effort.ofFewShortRounds(200_000, 400_000),
                        () ->
                                List.of(
                                        new PythonRival(RivalNames.PYTHON, "queue_flow.py"),
                                        new ChronicleQueueRival(),
                                        new AgronaRingRival(),
                                        new QueueFlowRival(RivalNames.PROCESSION, 1, false),
                                        new QueueFlowRival(BATCHES, 1, true),
                                        new PipeBytesRival(false)))
                .pinnedApart();
    }

    private static Comparison queueParties() {
        return new Comparison(
                "queue-parties",
                "32 bytes at a time through a queue, from one to four producers and consumers",
                "elements/s",
                false,
                Effort.ofShortRounds(500_000, 1_000_000),
                Effort.ofFewShortRounds(200_000, 400_000),
                () ->
                        List.of(
                                new QueueFlowRival(ONE_AND_ONE, 1, false),
                                new QueueFlowRival(TWO_AND_TWO, 2, false),
                                new QueueFlowRival(FOUR_AND_FOUR, 4, false)));
    }

    private static Comparison queueEcho() {
        return new Comparison(
                        "queue-echo",
                        "32 bytes by a queue to a child process and back by another one",
                        "µs",
                        true,
                        Effort.ofShortRounds(50_000, 50_000),
                        Effort.ofFewShortRounds(10_000, 20_000),
                        () ->
                                List.of(
                                        new PythonRival(RivalNames.PYTHON, "queue_echo.py"),
                                        new QueueEchoRival(),
                                        new PipeBytesRival(true)))
                .pinnedApart();
    }
}
