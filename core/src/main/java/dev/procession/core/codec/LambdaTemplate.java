package dev.procession.core.codec;

import java.io.IOException;

/** The bytes that all values of one shape have in common, as they are written before the rest. */
final class LambdaTemplate {

    private LambdaTemplate() {}

    /** Returns a part with what the reader's cache wants to know before it: hash and length. */
    static byte[] withHash(byte[] part) throws IOException {
        ByteSink whole = new ByteSink();
        whole.reserve(part.length + 13L);
        whole.writeLong(hash(part));
        whole.writeSize(part.length);
        whole.write(part, 0, part.length);
        return whole.toByteArray();
    }

    /** Spreads fixed parts over the reader's cache, which still compares all the bytes. */
    private static long hash(byte[] bytes) {
        long hash = bytes.length;
        for (byte next : bytes) {
            hash = hash * 0x9E3779B97F4A7C15L + next;
        }
        return hash ^ (hash >>> 32);
    }
}
