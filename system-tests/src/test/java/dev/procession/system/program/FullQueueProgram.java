package dev.procession.system.program;

import com.google.common.base.Throwables;
import dev.procession.queue.ProcessQueue;
import dev.procession.queue.QueueException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A program that puts large elements into a queue until there is no room for another one, and
 * checks that the queue has kept the other elements and works afterwards.
 */
public final class FullQueueProgram {

    /** The prefix of its last line if no queue could be made; the reason follows. */
    public static final String NOT_MADE = "no queue was made: ";

    /** The prefix of the line about the refused element; the reason follows. */
    public static final String REFUSED = "refused: ";

    /** The prefix of the line about the elements that came out whole; their number follows. */
    public static final String WHOLE = "whole: ";

    /** More than the small file systems of the tests hold. */
    public static final int MOST = 100;

    private static final int LARGE_BYTES = 100_000;
    private static final int CAPACITY = 1_000;

    private FullQueueProgram() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws InterruptedException {
        try (ProcessQueue<byte[]> queue = ProcessQueue.create(CAPACITY)) {
            int put = fill(queue);
            if (queue.size() != put) {
                throw new AssertionError("a wrong size: put=" + put + ", size=" + queue.size());
            }
            for (int i = 0; i < put; i++) {
                requireWhole(queue.take(), i);
            }
            queue.put(large(put));
            requireWhole(queue.take(), put);
            System.out.println(WHOLE + (put + 1));
        } catch (UncheckedIOException e) {
            System.out.println(NOT_MADE + e.getMessage());
        }
    }

    private static int fill(ProcessQueue<byte[]> queue) throws InterruptedException {
        for (int put = 0; put < MOST; put++) {
            try {
                queue.put(large(put));
            } catch (QueueException e) {
                if (Throwables.getRootCause(e) instanceof IOException) {
                    System.out.println(REFUSED + e.getMessage());
                    return put;
                }
                throw e;
            }
        }
        return MOST;
    }

    private static byte[] large(int number) {
        return Work.bytes(number, LARGE_BYTES);
    }

    private static void requireWhole(byte[] element, int number) {
        if (!Arrays.equals(element, large(number))) {
            throw new AssertionError("a wrong element: number=" + number);
        }
    }
}
