package dev.procession.bench;

import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.rival.PythonRival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.pipe.AeronRival;
import dev.procession.bench.rival.pipe.FlowRival;
import dev.procession.bench.rival.pipe.NettySocketRival;
import dev.procession.bench.rival.pipe.PipeEchoRival;
import dev.procession.bench.rival.pipe.PipeRecordRival;
import dev.procession.bench.rival.pipe.SocketRival;
import java.util.List;

/** The comparisons of pipes, and the bars that they must reach. */
final class PipeComparisons {

    private static final String OBJECTS = "pipe";
    private static final String SPINNING = "pipe-spin";
    private static final String ASLEEP = "pipe-asleep";
    private static final String SMALL = "pipe-one-way";
    private static final String LARGE = "pipe-large";
    private static final String SOCKET = "pipe-socket";
    private static final long PAUSE_NANOS = 2_000_000;

    /** Long enough for the calls that a median needs, although most of a round is pauses. */
    private static final int ASLEEP_MILLIS = 250;

    private static final int SMALL_BYTES = 32;
    private static final int LARGE_BYTES = 1 << 20;

    private PipeComparisons() {}

    static List<Comparison> comparisons() {
        return List.of(objects(), spinning(), small(), large(), socket(), asleep());
    }

    static List<Bar> bars() {
        return List.of(
                new Bar(
                        OBJECTS,
                        RivalNames.PROCESSION,
                        RivalNames.PYTHON,
                        0.2,
                        "a record of five fields and back: at most a fifth of Python's"),
                new Bar(
                        SMALL,
                        RivalNames.PROCESSION,
                        RivalNames.PYTHON,
                        1.0 / 40,
                        "32 bytes one way: at most a fortieth of Python's time"),
                new Bar(
                        SMALL,
                        RivalNames.PROCESSION,
                        AeronRival.NAME,
                        1.0,
                        "32 bytes one way: no slower than Aeron IPC"),
                new Bar(
                        SPINNING,
                        RivalNames.PROCESSION,
                        AeronRival.NAME,
                        1.3,
                        "both sides spinning: at most 1.3 times Aeron's median"),
                Bar.ofTails(
                        SPINNING,
                        RivalNames.PROCESSION,
                        AeronRival.NAME,
                        1.0,
                        "both sides spinning: a p99 no worse than Aeron's"),
                new Bar(
                        LARGE,
                        RivalNames.PROCESSION,
                        FlowRival.Copies.NAME,
                        1 / 0.6,
                        "1 MiB one way: at least 60 % of the speed of two copies"),
                new Bar(
                        SOCKET,
                        RivalNames.PROCESSION,
                        SocketRival.Raw.NAME,
                        1.25,
                        "the socket wire: at most 1.25 times a raw SocketChannel"),
                new Bar(
                        ASLEEP,
                        RivalNames.PROCESSION,
                        SocketRival.Raw.NAME,
                        1.0,
                        "both sides mostly asleep: at most a plain socket"));
    }

    private static Comparison small() {
        return new Comparison(
                        SMALL,
                        "32 bytes one way through a pipe to a child process",
                        "ns",
                        true,
                        Effort.ofShortRounds(500_000, 2_000_000),
                        Effort.ofFewShortRounds(200_000, 1_000_000),
                        () ->
                                List.of(
                                        new PythonRival(RivalNames.PYTHON, "pipe_one_way.py"),
                                        new AeronRival(false),
                                        new FlowRival(SMALL_BYTES)))
                .pinnedApart();
    }

    private static Comparison large() {
        return new Comparison(
                        LARGE,
                        "1 MiB one way through a pipe to a child process, beside two copies in one"
                                + " thread",
                        "ns",
                        true,
                        Effort.ofShortRounds(3_000, 5_000),
                        Effort.ofFewShortRounds(1_000, 3_000),
                        () ->
                                List.of(
                                        new FlowRival.Copies(LARGE_BYTES),
                                        new FlowRival(LARGE_BYTES)))
                .pinnedApart();
    }

    private static Comparison socket() {
        return new Comparison(
                        SOCKET,
                        "32 bytes through a socket to a child process and back",
                        "µs",
                        true,
                        Effort.ofShortRounds(20_000, 50_000),
                        Effort.ofFewShortRounds(10_000, 20_000),
                        () ->
                                List.of(
                                        new SocketRival.Raw(0),
                                        new SocketRival.Ours(),
                                        new NettySocketRival()))
                .pinnedApart();
    }

    private static Comparison objects() {
        return new Comparison(
                        OBJECTS,
                        "a record of five fields through a pipe to a child process and back",
                        "µs",
                        true,
                        Effort.ofShortRounds(20_000, 50_000),
                        Effort.ofFewShortRounds(10_000, 20_000),
                        () ->
                                List.of(
                                        new PythonRival(RivalNames.PYTHON, "pipe.py"),
                                        new PipeRecordRival()))
                .pinnedApart();
    }

    private static Comparison asleep() {
        return new Comparison(
                        ASLEEP,
                        "32 bytes to a child process and back, 2 ms after the last ones: both sides"
                                + " sleep",
                        "µs",
                        true,
                        Effort.ofShortRounds(100, 400).withMostMillis(ASLEEP_MILLIS),
                        Effort.ofFewShortRounds(100, 200).withMostMillis(ASLEEP_MILLIS),
                        () ->
                                List.of(
                                        new SocketRival.Raw(PAUSE_NANOS),
                                        PipeEchoRival.asleep(PAUSE_NANOS)))
                .pinnedApart();
    }

    private static Comparison spinning() {
        return new Comparison(
                        SPINNING,
                        "32 bytes to a child process and back, both sides spinning",
                        "µs",
                        true,
                        Effort.ofShortRounds(100_000, 200_000),
                        Effort.ofFewShortRounds(20_000, 50_000),
                        () -> List.of(new AeronRival(true), PipeEchoRival.spinning()))
                .pinnedApart();
    }
}
