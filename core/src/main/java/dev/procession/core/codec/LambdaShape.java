package dev.procession.core.codec;

import java.io.IOException;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/**
 * The encoded part that all lambdas of one class share. Each place in a program that makes a lambda
 * has a class of its own, so this is encoded once per place.
 *
 * <p>The fixed part is, as values: the capturing class, the functional interface, its method's name
 * and signature, the kind of the implementing method, its class, name and signature, and the
 * instantiated signature; strings but for the kind, which is an integer. Class names have slashes.
 */
final class LambdaShape {

    private static final LambdaShape CLOSED = new LambdaShape(null);

    private static final ClassValue<LambdaShape> SHAPES =
            new ClassValue<>() {
                @Override
                protected LambdaShape computeValue(Class<?> type) {
                    return open(type);
                }
            };

    private final @Nullable MethodHandle writeReplace;
    private volatile byte @Nullable [] fixedPart;

    private LambdaShape(@Nullable MethodHandle writeReplace) {
        this.writeReplace = writeReplace;
    }

    /** Returns the shape of a serialisable lambda, or null if the value is none or is closed. */
    static @Nullable LambdaShape of(@Nullable Object value) {
        if (value instanceof Serializable && value.getClass().isHidden()) {
            LambdaShape shape = SHAPES.get(value.getClass());
            return shape == CLOSED ? null : shape;
        }
        return null;
    }

    private static LambdaShape open(Class<?> type) {
        try {
            LambdaShape.class.getModule().addReads(type.getModule());
            MethodHandle method =
                    MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                            .findVirtual(type, "writeReplace", MethodType.methodType(Object.class));
            return new LambdaShape(
                    method.asType(MethodType.methodType(Object.class, Object.class)));
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return CLOSED;
        }
    }

    /** Returns the parts of a lambda of this shape; null if its class replaces it otherwise. */
    @Nullable SerializedLambda takeApart(Object lambda) {
        MethodHandle method = writeReplace;
        if (method == null) {
            return null;
        }
        try {
            Object parts = (Object) method.invokeExact(lambda);
            return parts instanceof SerializedLambda serialized ? serialized : null;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new IllegalStateException("writeReplace failed", checked);
        }
    }

    /** Returns the bytes of everything but the captured arguments. */
    byte[] fixedPart(SerializedLambda parts) throws IOException {
        byte[] bytes = fixedPart;
        if (bytes == null) {
            bytes = encode(parts);
            fixedPart = bytes;
        }
        return bytes;
    }

    private static byte[] encode(SerializedLambda parts) throws IOException {
        ByteSink sink = new ByteSink();
        ValueWriter.writeSimple(sink, parts.getCapturingClass());
        ValueWriter.writeSimple(sink, parts.getFunctionalInterfaceClass());
        ValueWriter.writeSimple(sink, parts.getFunctionalInterfaceMethodName());
        ValueWriter.writeSimple(sink, parts.getFunctionalInterfaceMethodSignature());
        ValueWriter.writeSimple(sink, parts.getImplMethodKind());
        ValueWriter.writeSimple(sink, parts.getImplClass());
        ValueWriter.writeSimple(sink, parts.getImplMethodName());
        ValueWriter.writeSimple(sink, parts.getImplMethodSignature());
        ValueWriter.writeSimple(sink, parts.getInstantiatedMethodType());
        return LambdaTemplate.withHash(sink.toByteArray());
    }
}
