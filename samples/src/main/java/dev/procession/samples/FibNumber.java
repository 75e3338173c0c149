package dev.procession.samples;

import java.io.Serializable;

/**
 * A Fibonacci number and where it was computed.
 *
 * @param index its index
 * @param value the number
 * @param pid the process that computed it
 * @param thread the id of the thread in that process
 */
record FibNumber(int index, long value, long pid, long thread) implements Serializable {

    /** Computes a number the slow way, to have work to do. */
    @SuppressWarnings("deprecation") // Thread.threadId() came with 19
    static FibNumber compute(int index) {
        return new FibNumber(
                index,
                slowly(index),
                ProcessHandle.current().pid(),
                Thread.currentThread().getId());
    }

    private static long slowly(long index) {
        return index < 2 ? index : slowly(index - 1) + slowly(index - 2);
    }

    /** True if the value equals the one computed by additions. */
    boolean isRight() {
        long current = 0;
        long next = 1;
        for (int i = 0; i < index; i++) {
            long sum = current + next;
            current = next;
            next = sum;
        }
        return value == current;
    }

    /** The worker that computed this: a process, or a thread of this process. */
    String worker() {
        return pid == ProcessHandle.current().pid() ? "thread " + thread : "process " + pid;
    }
}
