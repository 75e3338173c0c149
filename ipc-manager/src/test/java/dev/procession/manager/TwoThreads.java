package dev.procession.manager;

import dev.procession.testing.Background;
import java.util.function.IntPredicate;

/** Has two threads do the same at once. */
final class TwoThreads {

    private TwoThreads() {}

    /** Both do it so many times. */
    static void repeat(int rounds, Runnable action) throws Exception {
        int unused =
                count(
                        rounds,
                        round -> {
                            action.run();
                            return true;
                        });
    }

    /** Both try with each number below a bound; returns how often they succeeded together. */
    static int count(int bound, IntPredicate attempt) throws Exception {
        Background<Integer> other = Background.start(() -> countInThis(bound, attempt));
        return countInThis(bound, attempt) + other.get();
    }

    private static int countInThis(int bound, IntPredicate attempt) {
        int count = 0;
        for (int i = 0; i < bound; i++) {
            count += attempt.test(i) ? 1 : 0;
        }
        return count;
    }
}
