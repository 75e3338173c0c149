package dev.procession.bench.machine;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Checks whether other processes use the machine, and waits until they do not: before a comparison,
 * and before each round that follows a disturbed one.
 *
 * <p>All waits of one comparison together are bounded. After that the comparison is measured all
 * the same, and its result notes the load. Used by one thread.
 */
public final class QuietWait {

    /**
     * The share of all processors that others may have: a tenth disturbs less than the figures
     * vary.
     */
    static final double MOST_FOREIGN = 0.1;

    /** How long one check of the machine takes: with ticks of 10 ms, long enough for a share. */
    static final Duration WINDOW = Duration.ofMillis(300);

    /** How long a comparison of a full run waits, all waits together. */
    public static final Duration MOST_WAITING = Duration.ofSeconds(60);

    private static final int PERCENT = 100;

    private final PrintStream progress;
    private final Duration mostWaiting;
    private final Supplier<LoadReading> load;
    private final Pause pause;
    private long remainingWindows;
    private long windowsWaited;
    private LoadReading last;

    /** Lets time pass. */
    @FunctionalInterface
    public interface Pause {
        void pass(Duration time) throws InterruptedException;
    }

    public QuietWait(
            PrintStream progress, Duration mostWaiting, Supplier<LoadReading> load, Pause pause) {
        this.mostWaiting = mostWaiting;
        this.progress = progress;
        this.load = load;
        this.pause = pause;
        last = load.get();
    }

    /**
     * Watches this machine's load.
     *
     * @param mostWaiting how long a comparison waits, all waits together; zero if it never does
     */
    public static QuietWait of(PrintStream progress, Duration mostWaiting) {
        return new QuietWait(
                progress, mostWaiting, LoadReading::now, time -> Thread.sleep(time.toMillis()));
    }

    /** Begins a comparison: checks the machine, and waits if it is not quiet. */
    public void beginComparison() throws InterruptedException {
        remainingWindows = mostWaiting.dividedBy(WINDOW);
        windowsWaited = 0;
        awaitQuiet();
    }

    /** Begins a round, which {@link #endRound} checks. */
    public void beginRound() {
        last = load.get();
    }

    /**
     * Ends a round, and waits before the next one if others worked meanwhile.
     *
     * @return the share of all processors that others had
     */
    public double endRound() throws InterruptedException {
        double share = load.get().foreignShare(last);
        if (share > MOST_FOREIGN) {
            awaitQuiet();
        }
        return share;
    }

    /** How long the comparison has waited, without the checks that found the machine quiet. */
    public Duration waited() {
        return WINDOW.multipliedBy(windowsWaited);
    }

    private void awaitQuiet() throws InterruptedException {
        boolean isReported = false;
        while (remainingWindows > 0) {
            LoadReading before = load.get();
            pause.pass(WINDOW);
            double share = load.get().foreignShare(before);
            if (share <= MOST_FOREIGN) {
                return;
            }
            remainingWindows--;
            windowsWaited++;
            if (!isReported) {
                isReported = true;
                progress.printf(
                        Locale.ROOT,
                        "  the machine is not quiet: others take %.0f %% of it; waiting, at most"
                                + " %d s%n",
                        share * PERCENT,
                        WINDOW.multipliedBy(remainingWindows + 1).toSeconds());
            }
            if (remainingWindows == 0) {
                progress.printf(
                        Locale.ROOT,
                        "  still not quiet: others take %.0f %%; measuring all the same%n",
                        share * PERCENT);
            }
        }
    }
}
