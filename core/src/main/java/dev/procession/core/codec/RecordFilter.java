package dev.procession.core.codec;

import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * Asks the filters about a record that is not read from an object stream.
 *
 * @param serialClass the record's class
 */
record RecordFilter(Class<?> serialClass) implements ObjectInputFilter.FilterInfo {

    /** Asks the source's filter and the one that the JVM was started with, if there are any. */
    static void check(ByteSource source, Class<?> type) throws InvalidClassException {
        check(source.filter(), type);
        check(ObjectInputFilter.Config.getSerialFilter(), type);
    }

    private static void check(@Nullable ObjectInputFilter filter, Class<?> type)
            throws InvalidClassException {
        if (filter != null
                && filter.checkInput(new RecordFilter(type)) == ObjectInputFilter.Status.REJECTED) {
            throw new InvalidClassException(type.getName(), "the filter rejects it");
        }
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
        return 0;
    }
}
