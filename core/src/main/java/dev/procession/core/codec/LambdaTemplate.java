package dev.procession.core.codec;

import java.io.IOException;

/** The bytes that all values of one shape begin with. */
final class LambdaTemplate {

    private LambdaTemplate() {}

    /** Returns the fixed part, preceded by its hash and length, the keys of the reader's cache. */
    static byte[] withHash(byte[] part) throws IOException {
        ByteSink whole = new ByteSink();
        whole.reserve(part.length + 13L);
        whole.writeLong(hash(part));
        whole.writeSize(part.length);
        whole.write(part, 0, part.length);
        return whole.toByteArray();
    }

    /** The hash only selects a slot of the reader's cache, which then compares all bytes. */
    private static long hash(byte[] bytes) {
        long hash = bytes.length;
        for (byte next : bytes) {
            hash = hash * 0x9E3779B97F4A7C15L + next;
        }
        return hash ^ (hash >>> 32);
    }
}
