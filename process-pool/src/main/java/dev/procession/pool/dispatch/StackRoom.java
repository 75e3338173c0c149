package dev.procession.pool.dispatch;

/**
 * Whether the calling thread has room on its stack for what a pool does in it. A thread that waits
 * for a task may be deep in a recursion; an overflow while it has a lock of the pool could leave
 * the lock taken.
 */
final class StackRoom {

    /** With some 100 bytes for each call, what is needed a few times over. */
    private static final int CALLS = 400;

    /** The same for reading. */
    private static final int CALLS_TO_READ = 100;

    /** The same for completing a future, if only with a failure. */
    private static final int CALLS_TO_COMPLETE = 16;

    private StackRoom() {}

    /** Whether there is room to wait for a task and to read meanwhile, without sending tasks. */
    static boolean isThereToRead() {
        return isThere(CALLS_TO_READ);
    }

    /** Whether there is room to complete a future. */
    static boolean isThereToComplete() {
        return isThere(CALLS_TO_COMPLETE);
    }

    private static boolean isThere(int calls) {
        try {
            return deepen(calls, 1, 2, 3, 4, 5, 6) != 0;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    /** Fails with a {@link StackOverflowError} now rather than later. */
    static void require() {
        if (deepen(CALLS, 1, 2, 3, 4, 5, 6) == 0) {
            throw new AssertionError("the sum of positive numbers is positive");
        }
    }

    private static long deepen(int calls, long a, long b, long c, long d, long e, long f) {
        return calls == 0
                ? a + b + c + d + e + f
                : deepen(calls - 1, b, c, d, e, f, a) + (a & b & c & d & e & f) + 1;
    }
}
