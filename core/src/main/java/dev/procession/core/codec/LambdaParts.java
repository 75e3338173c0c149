package dev.procession.core.codec;

import java.io.IOException;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/** The parts of a lambda that is to be written, with those of the lambdas that it captured. */
final class LambdaParts {

    /** Lambdas that are nested deeper are written by an object stream. */
    static final int DEEPEST = 16;

    private final Object original;
    private final byte[] fixedPart;

    /** The captured arguments; a {@link LambdaParts} in place of a nested lambda. */
    private final @Nullable Object[] captured;

    /** How many captured arguments others may refer to, so that their identity matters. */
    private final int entangled;

    private LambdaParts(Object original, byte[] fixedPart, @Nullable Object[] captured) {
        this.original = original;
        this.fixedPart = fixedPart;
        this.captured = captured;
        int count = 0;
        for (Object argument : captured) {
            count += isEntangled(argument) ? 1 : 0;
        }
        this.entangled = count;
    }

    /** Returns the parts of a value, or null if it is not a lambda that can be opened. */
    static @Nullable LambdaParts of(@Nullable Object value, int depth) throws IOException {
        LambdaShape shape = depth > DEEPEST ? null : LambdaShape.of(value);
        if (shape == null || value == null) {
            return null;
        }
        SerializedLambda parts = shape.takeApart(value);
        if (parts == null) {
            return null;
        }
        @Nullable Object[] captured = new @Nullable Object[parts.getCapturedArgCount()];
        for (int i = 0; i < captured.length; i++) {
            Object argument = parts.getCapturedArg(i);
            LambdaParts nested = of(argument, depth + 1);
            captured[i] = nested == null ? argument : nested;
        }
        return new LambdaParts(value, shape.fixedPart(parts), captured);
    }

    private static boolean isEntangled(@Nullable Object argument) {
        if (argument instanceof LambdaParts nested) {
            return nested.entangled > 0;
        }
        return !ValueWriter.isSimple(argument);
    }

    /**
     * Writes the lambda. Two arguments may refer to the same object, or to each other, and must do
     * so again when read. So if two or more arguments have an identity, one object stream holds
     * them all. A single one is written in place, and so are lambdas that captured only simple
     * values.
     */
    void write(ByteSink sink) throws IOException {
        sink.reserve(fixedPart.length + 6L * captured.length + 6);
        sink.write(Tag.LAMBDA);
        sink.write(fixedPart, 0, fixedPart.length);
        sink.writeSize(captured.length);
        @Nullable Object[] shared = entangled < 2 ? null : new @Nullable Object[entangled];
        int count = 0;
        for (Object argument : captured) {
            if (shared != null && isEntangled(argument)) {
                sink.write(Tag.SHARED);
                shared[count++] =
                        argument instanceof LambdaParts nested ? nested.original : argument;
            } else if (argument instanceof LambdaParts nested) {
                nested.write(sink);
            } else {
                ValueWriter.writeWhole(sink, argument);
            }
        }
        if (shared != null) {
            ValueWriter.writeStream(sink, shared);
        }
    }
}
