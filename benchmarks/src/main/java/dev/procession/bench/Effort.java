package dev.procession.bench;

/**
 * How long a comparison takes.
 *
 * @param rounds how often each rival is measured
 * @param amount how much work a measurement is
 * @param warmUp how much work each rival does before, unmeasured, and again until it had the time
 *     that the {@link Race} gives to warm up
 */
record Effort(int rounds, int amount, int warmUp) {

    Effort {
        if (rounds < 1 || amount < 1 || warmUp < 0) {
            throw new IllegalArgumentException(
                    "at least one round of something: rounds="
                            + rounds
                            + ", amount="
                            + amount
                            + ", warmUp="
                            + warmUp);
        }
    }

    Effort withRounds(int value) {
        return new Effort(value, amount, warmUp);
    }
}
