package dev.procession.core.codec;

import java.util.Arrays;

/** Makes the values that share one fixed part: the bytes that name a class and its shape. */
abstract class Maker {

    private final byte[] fixedPart;
    private final Class<?> type;

    Maker(byte[] fixedPart, Class<?> type) {
        this.fixedPart = fixedPart;
        this.type = type;
    }

    /** The class that the fixed part names. */
    final Class<?> type() {
        return type;
    }

    final boolean hasFixedPart(byte[] bytes) {
        return Arrays.equals(fixedPart, bytes);
    }

    /** Skips the next bytes of the source if they are this maker's fixed part. */
    final boolean skipFixedPart(int length, ByteSource source) {
        return length == fixedPart.length && source.skipIfNext(fixedPart);
    }
}
