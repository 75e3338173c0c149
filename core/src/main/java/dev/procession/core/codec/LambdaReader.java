package dev.procession.core.codec;

import java.io.IOException;
import java.io.StreamCorruptedException;
import org.jspecify.annotations.Nullable;

/** Reads a lambda without its tag: its fixed part by the cache, then its captured arguments. */
final class LambdaReader {

    private static final int MOST_ARGUMENTS = 255;

    /** Marks an argument that the shared object stream at the end holds. */
    private static final Object SHARED = new Object();

    private LambdaReader() {}

    static Object read(ByteSource source, int depth)
            throws IOException, ReflectiveOperationException {
        if (depth > LambdaParts.DEEPEST) {
            throw new StreamCorruptedException("too many nested lambdas");
        }
        long hash = source.readLong();
        int length = source.readSize();
        LambdaMaker known = LambdaMaker.CACHE.find(hash, length, source);
        LambdaMaker maker = known == null ? LambdaMaker.of(source.readBytes(length)) : known;
        Object lambda = maker.make(readCaptured(source, depth));
        if (known == null) {
            LambdaMaker.CACHE.keep(hash, maker);
        }
        return lambda;
    }

    private static @Nullable Object[] readCaptured(ByteSource source, int depth)
            throws IOException, ReflectiveOperationException {
        int count = source.readSize();
        if (count > MOST_ARGUMENTS) {
            throw new StreamCorruptedException("too many captured arguments");
        }
        @Nullable Object[] captured = new @Nullable Object[count];
        int shared = 0;
        for (int i = 0; i < count; i++) {
            if (source.skipTag(Tag.SHARED)) {
                captured[i] = SHARED;
                shared++;
            } else {
                captured[i] = ValueReader.read(source, depth + 1);
            }
        }
        if (shared > 0) {
            fillShared(captured, shared, ValueReader.read(source, depth + 1));
        }
        return captured;
    }

    private static void fillShared(@Nullable Object[] captured, int count, @Nullable Object content)
            throws IOException {
        if (!(content instanceof Object[] shared) || shared.length != count) {
            throw new StreamCorruptedException("the shared captured arguments are missing");
        }
        int next = 0;
        for (int i = 0; i < captured.length; i++) {
            if (captured[i] == SHARED) {
                captured[i] = shared[next++];
            }
        }
    }
}
