package dev.procession.core.codec;

import dev.procession.core.UndecodableException;
import dev.procession.core.UnserializableException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Explains in an exception why an object cannot be encoded, or bytes cannot be decoded. */
final class CodecFailures {

    private CodecFailures() {}

    /**
     * Explains why bytes were not decoded.
     *
     * @param bytes the whole message
     * @param failure the exception that ended the attempt
     */
    static UndecodableException toDecode(ByteBuffer bytes, Throwable failure) {
        String className = failure instanceof ClassNotFoundException ? message(failure) : null;
        String reason =
                className == null
                        ? reason(failure)
                        : "class not found; is it on the class path of this process?";
        String subject = className == null ? "" : " " + className;
        return new UndecodableException(
                "cannot decode" + subject + ": " + reason + ", bytes=" + bytes.remaining(),
                className,
                bytes,
                failure);
    }

    /**
     * Explains why an object was not encoded.
     *
     * @param value the object that was to be encoded
     * @param failure the exception that ended the attempt
     */
    static UnserializableException toEncode(@Nullable Object value, Throwable failure) {
        if (value == null) {
            return new UnserializableException("cannot serialise null", "", "null", failure);
        }
        if (failure instanceof NotSerializableException) {
            return notSerializable(value, failure);
        }
        return new UnserializableException(
                start(value) + ": " + reason(failure), "", value.getClass().getName(), failure);
    }

    private static UnserializableException notSerializable(Object value, Throwable failure) {
        String wanted = message(failure);
        ObstacleSearch written = new ObstacleSearch(wanted, false);
        GraphNode obstacle = written.find(value);
        if (obstacle == null) {
            obstacle = new ObstacleSearch(wanted, true).find(value);
        }
        if (obstacle != null) {
            return at(value, obstacle, failure);
        }
        GraphNode closed = written.closed();
        String path = closed == null ? "" : closed.path();
        String where =
                closed == null
                        ? ""
                        : " (inside "
                                + TypeNames.full(closed.value().getClass())
                                + ", which cannot be looked into)";
        return new UnserializableException(
                start(value) + colon(path) + ": " + wanted + " is not Serializable" + where,
                path,
                wanted == null ? value.getClass().getName() : wanted,
                failure);
    }

    private static UnserializableException at(Object value, GraphNode obstacle, Throwable failure) {
        String path = obstacle.path();
        Object blocked = obstacle.value();
        return new UnserializableException(
                start(value)
                        + colon(path)
                        + ": "
                        + TypeNames.full(blocked.getClass())
                        + " is not Serializable; "
                        + advice(obstacle),
                path,
                blocked.getClass().getName(),
                failure);
    }

    private static String start(Object value) {
        return "cannot serialise " + TypeNames.full(value.getClass());
    }

    private static String colon(String path) {
        return path.isEmpty() ? "" : ": " + path;
    }

    /** Names the type to use if a lambda or task only lacks a serialisable type. */
    private static String advice(GraphNode obstacle) {
        Object value = obstacle.value();
        String type = functionalType(value);
        if (type != null) {
            return TypeNames.isLambda(value.getClass())
                    ? "give it the type " + type + ", for example by " + type + ".of(...)"
                    : "implement " + type + " instead, or use " + type + ".of(...)";
        }
        if (TypeNames.isLambda(value.getClass())) {
            Class<?>[] interfaces = value.getClass().getInterfaces();
            String target = interfaces.length == 0 ? "T" : TypeNames.brief(interfaces[0]);
            return "cast it to (" + target + " & Serializable)";
        }
        return obstacle.advice().text();
    }

    private static @Nullable String functionalType(Object value) {
        if (value instanceof Callable) {
            return "SerializableCallable";
        }
        if (value instanceof Runnable && !(value instanceof Thread)) {
            return "SerializableRunnable";
        }
        if (value instanceof Supplier) {
            return "SerializableSupplier";
        }
        return value instanceof Function ? "SerializableFunction" : null;
    }

    private static String reason(Throwable failure) {
        if (failure instanceof StackOverflowError) {
            return "nested too deeply for the stack of this thread";
        }
        String message = message(failure);
        if (failure instanceof IOException && message != null) {
            return message;
        }
        String name = failure.getClass().getName();
        return message == null ? name : name + ": " + message;
    }

    /** The message of an exception; null if a user's {@code getMessage} fails. */
    private static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (RuntimeException | Error hostile) {
            return null;
        }
    }
}
