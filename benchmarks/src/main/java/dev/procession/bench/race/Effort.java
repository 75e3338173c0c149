package dev.procession.bench.race;

/**
 * How long a comparison takes.
 *
 * @param rounds how often each rival is measured
 * @param amount how much work a measurement is
 * @param warmUp how much unmeasured work each rival does before, and repeats until the time for
 *     warm-up of the {@link Race} is over
 * @param mostMillis about how long a measurement takes at most: a rival that would take longer does
 *     less work; 0 if all do the same amount, however long it takes
 * @param passes the number of parts in which the rounds are measured, with other comparisons
 *     between them
 */
public record Effort(int rounds, int amount, int warmUp, int mostMillis, int passes) {

    private static final int SHORT_ROUNDS = 61;
    private static final int QUICK_ROUNDS = 5;
    private static final int SHORT_MILLIS = 100;
    private static final int SHORT_PASSES = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    public Effort {
        if (rounds < 1 || amount < 1 || warmUp < 0 || mostMillis < 0 || passes < 1) {
            throw new IllegalArgumentException(
                    "at least one round of something: rounds="
                            + rounds
                            + ", amount="
                            + amount
                            + ", warmUp="
                            + warmUp
                            + ", mostMillis="
                            + mostMillis
                            + ", passes="
                            + passes);
        }
    }

    public Effort(int rounds, int amount, int warmUp) {
        this(rounds, amount, warmUp, 0);
    }

    public Effort(int rounds, int amount, int warmUp, int mostMillis) {
        this(rounds, amount, warmUp, mostMillis, 1);
    }

    /**
     * Many short rounds, for work of which a piece takes microseconds or less, so that a state of
     * the machine that lasts for a second affects all rivals alike. They are measured in passes,
     * each with new processes, so that a state that lasts for minutes, or a slow process, affects
     * only a part of the rounds.
     */
    public static Effort ofShortRounds(int amount, int warmUp) {
        return new Effort(SHORT_ROUNDS, amount, warmUp, SHORT_MILLIS, SHORT_PASSES);
    }

    /** A few of the same rounds, for {@code --quick}. */
    public static Effort ofFewShortRounds(int amount, int warmUp) {
        return new Effort(QUICK_ROUNDS, amount, warmUp, SHORT_MILLIS);
    }

    public Effort withRounds(int value) {
        return new Effort(value, amount, warmUp, mostMillis, Math.min(passes, value));
    }

    public Effort withMostMillis(int value) {
        return new Effort(rounds, amount, warmUp, value, passes);
    }

    /** How many rounds are measured before this pass, which counts from 0. */
    int roundsBefore(int pass) {
        return rounds * pass / passes;
    }

    /** The amount for a rival that takes this time for a piece of work. */
    int amountFor(double nanosEach) {
        double fitting = mostMillis * NANOS_PER_MILLI / nanosEach;
        return mostMillis == 0 ? amount : (int) Math.max(1, Math.min(amount, fitting));
    }
}
