package dev.procession.core.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Ordered access to the aligned 8-byte words of shared memory.
 *
 * <p>Every word that two processes use is read and written here and nowhere else, so that the name
 * of the method states the ordering at each call site. The buffers are mapped or direct, in native
 * byte order; an offset is a multiple of eight.
 */
public final class Words {

    /** Bytes between two words that different processes write: two cache lines, for prefetchers. */
    public static final int PADDED = 128;

    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Words() {}

    /** Reads a word; the writer's stores before its {@link #setRelease} are visible afterwards. */
    public static long getAcquire(ByteBuffer memory, int offset) {
        return (long) LONG.getAcquire(memory, offset);
    }

    /** Reads a word in the one order that all volatile accesses have. */
    public static long getVolatile(ByteBuffer memory, int offset) {
        return (long) LONG.getVolatile(memory, offset);
    }

    /** Writes a word after all earlier stores of this thread. */
    public static void setRelease(ByteBuffer memory, int offset, long value) {
        LONG.setRelease(memory, offset, value);
    }

    /** Writes a word in the one order that all volatile accesses have. */
    public static void setVolatile(ByteBuffer memory, int offset, long value) {
        LONG.setVolatile(memory, offset, value);
    }

    /**
     * Replaces {@code expected} by {@code value} in one step; false when the word had another
     * value.
     */
    public static boolean compareAndSet(ByteBuffer memory, int offset, long expected, long value) {
        return LONG.compareAndSet(memory, offset, expected, value);
    }

    /** Replaces a word and returns its old value. */
    public static long getAndSet(ByteBuffer memory, int offset, long value) {
        return (long) LONG.getAndSet(memory, offset, value);
    }

    /** Sets the bits that are set in {@code bits}, and returns the old value. */
    public static long getAndSetBits(ByteBuffer memory, int offset, long bits) {
        return (long) LONG.getAndBitwiseOr(memory, offset, bits);
    }

    /** Clears the bits that are set in {@code bits}, and returns the old value. */
    public static long getAndClearBits(ByteBuffer memory, int offset, long bits) {
        return (long) LONG.getAndBitwiseAnd(memory, offset, ~bits);
    }

    /** Adds to a word and returns its old value. */
    public static long getAndAdd(ByteBuffer memory, int offset, long delta) {
        return (long) LONG.getAndAdd(memory, offset, delta);
    }
}
