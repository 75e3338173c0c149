package dev.procession.bench;

/**
 * How long a comparison takes.
 *
 * @param rounds how often each rival is measured
 * @param amount how much work a measurement is
 * @param warmUp how much work each rival does before, unmeasured, and again until it had the time
 *     that the {@link Race} gives to warm up
 * @param mostMillis about how long a measurement takes at most: a rival that would take longer does
 *     less work; 0 if all do the same amount, however long it takes
 */
record Effort(int rounds, int amount, int warmUp, int mostMillis) {

    private static final int SHORT_ROUNDS = 61;
    private static final int QUICK_ROUNDS = 5;
    private static final int SHORT_MILLIS = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    Effort {
        if (rounds < 1 || amount < 1 || warmUp < 0 || mostMillis < 0) {
            throw new IllegalArgumentException(
                    "at least one round of something: rounds="
                            + rounds
                            + ", amount="
                            + amount
                            + ", warmUp="
                            + warmUp
                            + ", mostMillis="
                            + mostMillis);
        }
    }

    Effort(int rounds, int amount, int warmUp) {
        this(rounds, amount, warmUp, 0);
    }

    /**
     * Many short rounds, for work of which a piece takes microseconds or less: so a state of the
     * machine that lasts for a second meets all rivals alike.
     */
    static Effort ofShortRounds(int amount, int warmUp) {
        return new Effort(SHORT_ROUNDS, amount, warmUp, SHORT_MILLIS);
    }

    /** A few of the same rounds, for {@code --quick}. */
    static Effort ofFewShortRounds(int amount, int warmUp) {
        return new Effort(QUICK_ROUNDS, amount, warmUp, SHORT_MILLIS);
    }

    Effort withRounds(int value) {
        return new Effort(value, amount, warmUp, mostMillis);
    }

    Effort withMostMillis(int value) {
        return new Effort(rounds, amount, warmUp, value);
    }

    /** The amount for a rival of which a piece of work takes so long. */
    int amountFor(double nanosEach) {
        double fitting = mostMillis * NANOS_PER_MILLI / nanosEach;
        return mostMillis == 0 ? amount : (int) Math.max(1, Math.min(amount, fitting));
    }
}
