package dev.procession.core.codec;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/**
 * Makes the lambdas of one place in a program from their captured arguments, by the {@code
 * $deserializeLambda$} method that the compiler added to the capturing class.
 */
final class LambdaMaker extends Maker {

    static final MakerCache<LambdaMaker> CACHE = new MakerCache<>();

    private static final String DESERIALIZER = "$deserializeLambda$";

    private final String[] names;
    private final int kind;
    private final @Nullable MethodHandle deserializer;

    private LambdaMaker(byte[] fixedPart, Class<?> capturingClass, ByteSource rest)
            throws IOException, ReflectiveOperationException {
        super(fixedPart, capturingClass);
        this.names = new String[7];
        this.names[0] = readName(rest);
        this.names[1] = readName(rest);
        this.names[2] = readName(rest);
        this.kind = readKind(rest);
        for (int i = 3; i < names.length; i++) {
            this.names[i] = readName(rest);
        }
        rest.requireEnd();
        this.deserializer = findDeserializer(capturingClass);
    }

    /** Finds or creates the maker for a fixed part as {@link LambdaShape} describes it. */
    static LambdaMaker of(byte[] fixedPart) throws IOException, ReflectiveOperationException {
        ByteSource source = new ByteSource(fixedPart);
        Class<?> type = ClassResolver.resolve(readName(source).replace('/', '.'));
        LambdaMaker kept = CACHE.keptBy(type, fixedPart);
        return kept == null ? new LambdaMaker(fixedPart, type, source) : kept;
    }

    Object make(@Nullable Object[] captured) throws IOException, ReflectiveOperationException {
        SerializedLambda parts =
                new SerializedLambda(
                        type(), names[0], names[1], names[2], kind, names[3], names[4], names[5],
                        names[6], captured);
        Object lambda = deserializer == null ? throughStream(parts) : call(deserializer, parts);
        if (lambda == null) {
            throw new StreamCorruptedException("a lambda was restored as null");
        }
        return lambda;
    }

    private Object call(MethodHandle method, SerializedLambda parts) throws IOException {
        try {
            return (Object) method.invokeExact(parts);
        } catch (Error failure) {
            throw failure;
        } catch (Throwable failure) {
            IOException mismatch =
                    new StreamCorruptedException(
                            type().getName()
                                    .concat(
                                            " has no such lambda; do both processes run the same"
                                                    + " classes?"));
            mismatch.initCause(failure);
            throw mismatch;
        }
    }

    /**
     * Restores a lambda by an object stream, for the JDK may access a class that is closed here.
     */
    private static @Nullable Object throughStream(SerializedLambda parts)
            throws IOException, ReflectiveOperationException {
        ByteSink sink = new ByteSink();
        ValueWriter.writeStream(sink, parts);
        return ValueReader.read(new ByteSource(sink.toByteArray()), 0);
    }

    private static @Nullable MethodHandle findDeserializer(Class<?> type)
            throws NoSuchMethodException {
        try {
            LambdaMaker.class.getModule().addReads(type.getModule());
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findStatic(
                            type,
                            DESERIALIZER,
                            MethodType.methodType(Object.class, SerializedLambda.class));
        } catch (IllegalAccessException closed) {
            return null;
        }
    }

    private static String readName(ByteSource source)
            throws IOException, ReflectiveOperationException {
        if (ValueReader.read(source, LambdaParts.DEEPEST + 1) instanceof String name) {
            return name;
        }
        throw new StreamCorruptedException("the fixed part of a lambda is damaged");
    }

    private static int readKind(ByteSource source)
            throws IOException, ReflectiveOperationException {
        if (ValueReader.read(source, LambdaParts.DEEPEST + 1) instanceof Integer kind) {
            return kind;
        }
        throw new StreamCorruptedException("the fixed part of a lambda is damaged");
    }
}
