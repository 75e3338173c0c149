package dev.procession.testing;

import java.time.Duration;

/**
 * How often a test repeats what needs many rounds to show a race: so often, or less when a busy
 * machine makes that take too long, but never less than what shows something.
 */
public final class Budget {

    private final int least;
    private final int most;
    private final long end;

    /** Begins now. */
    public Budget(int least, int most, Duration time) {
        this.least = least;
        this.most = most;
        this.end = System.nanoTime() + time.toNanos();
    }

    /** Whether there is to be another round after so many. */
    public boolean allows(int rounds) {
        return rounds < least || (rounds < most && System.nanoTime() - end < 0);
    }
}
