package dev.procession.manager.wire;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.core.link.ProtocolException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the bytes of {@link CanonicalWriter}. Each length is checked before anything is
 * allocated.
 */
public final class CanonicalReader {

    private static final int MAX_DEPTH = 33;

    private final ByteBuffer in;
    private final @Nullable ClassGate gate;

    /** Decides which classes may be loaded for enums and records. */
    @FunctionalInterface
    public interface ClassGate {
        /** Finds a class, or refuses it. */
        Class<?> find(String name) throws ClassNotFoundException;
    }

    private CanonicalReader(ByteBuffer in, @Nullable ClassGate gate) {
        this.in = in;
        this.gate = gate;
    }

    /**
     * Decodes a key.
     *
     * @throws IllegalArgumentException if the bytes are no key, or a class in it cannot be loaded
     */
    public static Object key(ByteString bytes, ClassGate gate) {
        Object key = new CanonicalReader(bytes.asReadOnlyByteBuffer(), gate).whole();
        if (key == null) {
            throw new IllegalArgumentException("no key: null");
        }
        return key;
    }

    /** Decodes a value: a canonical one itself, a user's object by its codec. */
    public static @Nullable Object value(ByteString bytes, Codec codec) {
        if (bytes.isEmpty()) {
            throw new IllegalArgumentException("no value: there are no bytes");
        }
        if (bytes.byteAt(0) == CanonicalTag.OBJECT) {
            ByteBuffer rest = bytes.asReadOnlyByteBuffer();
            rest.position(1);
            return codec.decode(rest);
        }
        return new CanonicalReader(bytes.asReadOnlyByteBuffer(), null).whole();
    }

    /**
     * Decodes one of the JDK's own small values; null for anything else, users' objects as well.
     */
    public static @Nullable Object simple(ByteString bytes) {
        if (bytes.isEmpty() || bytes.byteAt(0) >= CanonicalTag.BYTES || bytes.byteAt(0) <= 0) {
            return null;
        }
        return new CanonicalReader(bytes.asReadOnlyByteBuffer(), null).whole();
    }

    private @Nullable Object whole() {
        try {
            Object value = read(0);
            if (in.hasRemaining()) {
                throw new ProtocolException("bytes behind the value: bytes=" + in.remaining());
            }
            return value;
        } catch (BufferUnderflowException | ProtocolException | ReflectiveOperationException e) {
            throw new IllegalArgumentException("no canonical value: " + e, e);
        }
    }

    private @Nullable Object read(int depth)
            throws ProtocolException, ReflectiveOperationException {
        byte tag = in.get();
        return switch (tag) {
            case CanonicalTag.NULL -> null;
            case CanonicalTag.LATIN1, CanonicalTag.UTF16 -> string(tag);
            case CanonicalTag.FALSE -> false;
            case CanonicalTag.TRUE -> true;
            case CanonicalTag.BYTE -> in.get();
            case CanonicalTag.SHORT -> in.getShort();
            case CanonicalTag.CHARACTER -> in.getChar();
            case CanonicalTag.INTEGER -> in.getInt();
            case CanonicalTag.LONG -> in.getLong();
            case CanonicalTag.FLOAT -> in.getFloat();
            case CanonicalTag.DOUBLE -> in.getDouble();
            case CanonicalTag.BIG_INTEGER -> bigInteger();
            case CanonicalTag.BIG_DECIMAL -> bigDecimal();
            case CanonicalTag.UUID -> new UUID(in.getLong(), in.getLong());
            case CanonicalTag.BYTES -> sized();
            case CanonicalTag.ENUM -> constant();
            case CanonicalTag.RECORD -> record(depth);
            default -> throw new ProtocolException("unknown tag: tag=" + tag);
        };
    }

    private String string(byte tag) throws ProtocolException {
        int length = length(tag == CanonicalTag.LATIN1 ? 1 : 2);
        if (tag == CanonicalTag.LATIN1) {
            byte[] characters = new byte[length];
            in.get(characters);
            return new String(characters, java.nio.charset.StandardCharsets.ISO_8859_1);
        }
        char[] characters = new char[length];
        for (int i = 0; i < length; i++) {
            characters[i] = in.getChar();
        }
        return new String(characters);
    }

    private String string() throws ProtocolException {
        byte tag = in.get();
        if (tag != CanonicalTag.LATIN1 && tag != CanonicalTag.UTF16) {
            throw new ProtocolException("expected a string: tag=" + tag);
        }
        return string(tag);
    }

    private int length(int width) throws ProtocolException {
        int length = in.getInt();
        if (length < 0 || (long) length * width > in.remaining()) {
            throw new ProtocolException("a length beyond the end: length=" + length);
        }
        return length;
    }

    private byte[] sized() throws ProtocolException {
        byte[] bytes = new byte[length(1)];
        in.get(bytes);
        return bytes;
    }

    private BigInteger bigInteger() throws ProtocolException {
        byte[] bytes = sized();
        if (bytes.length == 0) {
            throw new ProtocolException("an integer without digits");
        }
        return new BigInteger(bytes);
    }

    private BigDecimal bigDecimal() throws ProtocolException {
        int scale = in.getInt();
        return new BigDecimal(bigInteger(), scale);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Object constant() throws ProtocolException, ReflectiveOperationException {
        Class<?> type = find(string());
        String name = string();
        if (!type.isEnum()) {
            throw new ProtocolException("not an enum: type=" + type.getName());
        }
        return Enum.valueOf((Class) type, name);
    }

    private Object record(int depth) throws ProtocolException, ReflectiveOperationException {
        if (depth >= MAX_DEPTH) {
            throw new ProtocolException("records are nested too deeply: depth=" + depth);
        }
        Class<?> type = find(string());
        int count = in.get() & 0xFF;
        RecordComponent[] components = type.getRecordComponents();
        if (components == null || components.length != count) {
            throw new ProtocolException(
                    "the record has other components here: type=" + type.getName());
        }
        Class<?>[] types = new Class<?>[count];
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            types[i] = components[i].getType();
            values[i] = read(depth + 1);
        }
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        if (gate == null) {
            throw new ClassNotFoundException("no class may be loaded for a value: name=" + name);
        }
        return gate.find(name);
    }
}
