package dev.procession.core.codec;

import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * A class as a filter sees it that is not read from an object stream.
 *
 * @param serialClass the class
 */
public record ClassFilter(Class<?> serialClass) implements ObjectInputFilter.FilterInfo {

    /** Asks the source's filter and the one that the JVM was started with, if there are any. */
    static void check(ByteSource source, Class<?> type) throws InvalidClassException {
        check(source.filter(), type);
        check(ObjectInputFilter.Config.getSerialFilter(), type);
    }

    private static void check(@Nullable ObjectInputFilter filter, Class<?> type)
            throws InvalidClassException {
        if (filter != null && isRejected(filter, type)) {
            throw new InvalidClassException(type.getName(), "the filter rejects it");
        }
    }

    /** Whether a filter rejects a class. */
    public static boolean isRejected(ObjectInputFilter filter, Class<?> type) {
        return filter.checkInput(new ClassFilter(type)) == ObjectInputFilter.Status.REJECTED;
    }

    @Override
    public long arrayLength() {
        return -1;
    }

    @Override
    public long depth() {
        return 1;
    }

    @Override
    public long references() {
        return 1;
    }

    @Override
    public long streamBytes() {
        return 1; // as any object has in a stream
    }
}
