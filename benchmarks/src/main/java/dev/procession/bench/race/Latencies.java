package dev.procession.bench.race;

import org.HdrHistogram.Histogram;

/** One call after the other, each with its time. */
public final class Latencies {

    private static final int DIGITS = 3;

    private Latencies() {}

    /** A call whose time counts; it fails on a wrong answer. */
    @FunctionalInterface
    public interface Timed {
        void run(int number) throws Exception;
    }

    /** Measures calls that are made at once, one after the other. */
    public static Figure of(int amount, Timed timed) throws Exception {
        return of(amount, number -> {}, timed);
    }

    /** The same, with an action before each call whose time does not count. */
    public static Figure of(int amount, Timed before, Timed timed) throws Exception {
        Histogram nanos = new Histogram(DIGITS);
        for (int i = 0; i < amount; i++) {
            before.run(i);
            long start = System.nanoTime();
            timed.run(i);
            nanos.recordValue(System.nanoTime() - start);
        }
        return Figure.ofLatencies(nanos);
    }
}
