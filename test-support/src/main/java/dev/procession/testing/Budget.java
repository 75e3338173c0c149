package dev.procession.testing;

import java.time.Duration;

/**
 * The number of rounds in a test that needs many to show a race: a fixed number, or fewer if a busy
 * machine needs too long for it, but never fewer than a minimum.
 */
public final class Budget {

    private final int least;
    private final int most;
    private final long end;

    /** Creates a budget whose time starts now. */
    public Budget(int least, int most, Duration time) {
        this.least = least;
        this.most = most;
        this.end = System.nanoTime() + time.toNanos();
    }

    /** True if the test makes another round after this number of rounds. */
    public boolean allows(int rounds) {
        return rounds < least || (rounds < most && System.nanoTime() - end < 0);
    }
}
