package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Encodes values that have exactly one encoding: equal objects give equal bytes, unequal ones give
 * other bytes. So the server can compare keys without the users' classes.
 */
public final class CanonicalWriter {

    private static final int MAX_DEPTH = 32;

    private byte[] bytes = new byte[32];
    private int size;

    private CanonicalWriter() {}

    /**
     * Encodes a key.
     *
     * @throws IllegalArgumentException if its type has no canonical encoding; the message names the
     *     part
     */
    public static ByteString key(Object key) {
        CanonicalWriter writer = new CanonicalWriter();
        String obstacle = writer.write(key, 0);
        if (obstacle != null) {
            throw new IllegalArgumentException(
                    "a key is a string, number, boolean, character, enum, UUID, byte array, or a"
                            + " record of those, because only they have one encoding: "
                            + obstacle
                            + "; use one of them, or a record, as the key");
        }
        return ByteString.copyFrom(writer.bytes, 0, writer.size);
    }

    /** Encodes one of the JDK's own small values, which the server may read; null for any other. */
    public static @Nullable ByteString simple(Object value) {
        CanonicalWriter writer = new CanonicalWriter();
        return writer.writeScalar(value) ? ByteString.copyFrom(writer.bytes, 0, writer.size) : null;
    }

    /** Marks a user's object that a codec has encoded. */
    public static ByteString object(byte[] encoded) {
        byte[] marked = new byte[encoded.length + 1];
        marked[0] = CanonicalTag.OBJECT;
        System.arraycopy(encoded, 0, marked, 1, encoded.length);
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(marked);
    }

    /** Writes a value; returns the obstacle if the value has no canonical encoding. */
    private @Nullable String write(@Nullable Object value, int depth) {
        if (value == null) {
            put(CanonicalTag.NULL);
            return null;
        }
        if (writeScalar(value)) {
            return null;
        }
        if (value instanceof byte[] array) {
            put(CanonicalTag.BYTES);
            putSized(array);
        } else if (value instanceof Enum<?> constant) {
            put(CanonicalTag.ENUM);
            putString(constant.getDeclaringClass().getName());
            putString(constant.name());
        } else if (value instanceof Record record && depth < MAX_DEPTH) {
            return writeRecord(record, depth);
        } else {
            return "type=" + value.getClass().getName();
        }
        return null;
    }

    private @Nullable String writeRecord(Record record, int depth) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        put(CanonicalTag.RECORD);
        putString(record.getClass().getName());
        put((byte) components.length);
        for (RecordComponent component : components) {
            String obstacle = write(valueOf(record, component), depth + 1);
            if (obstacle != null) {
                return "component="
                        + record.getClass().getSimpleName()
                        + "."
                        + component.getName()
                        + ", "
                        + obstacle;
            }
        }
        return null;
    }

    private static @Nullable Object valueOf(Record record, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "the accessor of a key's component failed: component=" + component.getName(),
                    e);
        }
    }

    /**
     * Writes one of the JDK's own small values; returns false for any other, and writes nothing.
     */
    private boolean writeScalar(Object value) {
        if (value instanceof String text) {
            putString(text);
        } else if (value instanceof Integer number) {
            put(CanonicalTag.INTEGER);
            putNumber(number, Integer.BYTES);
        } else if (value instanceof Long number) {
            put(CanonicalTag.LONG);
            putNumber(number, Long.BYTES);
        } else if (value instanceof Boolean truth) {
            put(truth ? CanonicalTag.TRUE : CanonicalTag.FALSE);
        } else if (value instanceof Double number) {
            put(CanonicalTag.DOUBLE);
            putNumber(Double.doubleToLongBits(number), Long.BYTES);
        } else if (value instanceof UUID id) {
            put(CanonicalTag.UUID);
            putNumber(id.getMostSignificantBits(), Long.BYTES);
            putNumber(id.getLeastSignificantBits(), Long.BYTES);
        } else {
            return writeRareScalar(value);
        }
        return true;
    }

    private boolean writeRareScalar(Object value) {
        if (value instanceof Byte number) {
            put(CanonicalTag.BYTE);
            put(number);
        } else if (value instanceof Short number) {
            put(CanonicalTag.SHORT);
            putNumber(number, Short.BYTES);
        } else if (value instanceof Character character) {
            put(CanonicalTag.CHARACTER);
            putNumber(character, Character.BYTES);
        } else if (value instanceof Float number) {
            put(CanonicalTag.FLOAT);
            putNumber(Float.floatToIntBits(number), Float.BYTES);
        } else if (value.getClass() == BigInteger.class) {
            put(CanonicalTag.BIG_INTEGER);
            putSized(((BigInteger) value).toByteArray());
        } else if (value.getClass() == BigDecimal.class) {
            put(CanonicalTag.BIG_DECIMAL);
            putNumber(((BigDecimal) value).scale(), Integer.BYTES);
            putSized(((BigDecimal) value).unscaledValue().toByteArray());
        } else {
            return false;
        }
        return true;
    }

    private void putString(String text) {
        int length = text.length();
        int highest = 0;
        for (int i = 0; i < length; i++) {
            highest |= text.charAt(i);
        }
        put(highest <= 0xFF ? CanonicalTag.LATIN1 : CanonicalTag.UTF16);
        putNumber(length, Integer.BYTES);
        reserve(length * 2L);
        for (int i = 0; i < length; i++) {
            if (highest > 0xFF) {
                bytes[size++] = (byte) (text.charAt(i) >>> 8);
            }
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    private void putSized(byte[] array) {
        putNumber(array.length, Integer.BYTES);
        reserve(array.length);
        System.arraycopy(array, 0, bytes, size, array.length);
        size += array.length;
    }

    private void putNumber(long number, int count) {
        reserve(count);
        for (int shift = (count - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[size++] = (byte) (number >>> shift);
        }
    }

    private void put(byte single) {
        reserve(1);
        bytes[size++] = single;
    }

    private void reserve(long more) {
        long needed = size + more;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("the encoded form is larger than 2 GiB");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, needed * 2));
        }
    }
}
