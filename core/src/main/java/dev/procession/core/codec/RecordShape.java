package dev.procession.core.codec;

import java.io.Externalizable;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/**
 * The encoded part that all records of one class share. A record is written by its components if
 * the copy cannot differ from one of an object stream: its components have no identity that
 * matters, and its class does not customise its serial form. All others are written by an object
 * stream.
 *
 * <p>The fixed part is, as values: the name of the class, then name and type of each component; all
 * strings. A reader whose class has other components matches them by name, as an object stream
 * does.
 */
final class RecordShape {

    private static final RecordShape CLOSED = new RecordShape(new byte[0], new Field[0]);

    private static final ClassValue<RecordShape> SHAPES =
            new ClassValue<>() {
                @Override
                protected RecordShape computeValue(Class<?> type) {
                    return open(type);
                }
            };

    private final byte[] fixedPart;
    private final Field[] fields;

    private RecordShape(byte[] fixedPart, Field[] fields) {
        this.fixedPart = fixedPart;
        this.fields = fields;
    }

    /** Writes a record, or writes nothing and returns false. */
    static boolean write(ByteSink sink, Record value) throws IOException {
        RecordShape shape = SHAPES.get(value.getClass());
        @Nullable Object[] components = shape == CLOSED ? null : shape.takeApart(value);
        if (components == null) {
            return false;
        }
        sink.reserve(shape.fixedPart.length + 16L * components.length + 1);
        sink.write(Tag.RECORD);
        sink.write(shape.fixedPart, 0, shape.fixedPart.length);
        for (Object component : components) {
            ValueWriter.writeWhole(sink, component);
        }
        return true;
    }

    /** The components; null if the identity of one may matter, as two arrays can be the same. */
    private @Nullable Object @Nullable [] takeApart(Record value) {
        @Nullable Object[] components = new @Nullable Object[fields.length];
        boolean array = false;
        try {
            for (int i = 0; i < fields.length; i++) {
                Object component = fields[i].get(value);
                if (!ValueWriter.isSimple(component)) {
                    if (array || !ValueWriter.isArray(component)) {
                        return null;
                    }
                    array = true;
                }
                components[i] = component;
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(
                    "a field that was made accessible is not accessible", e);
        }
        return components;
    }

    private static RecordShape open(Class<?> type) {
        if (!Serializable.class.isAssignableFrom(type)
                || Externalizable.class.isAssignableFrom(type)
                || replaces(type, "writeReplace")
                || replaces(type, "readResolve")) {
            return CLOSED;
        }
        try {
            RecordComponent[] components = type.getRecordComponents();
            Field[] fields = new Field[components.length];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = type.getDeclaredField(components[i].getName());
                fields[i].setAccessible(true);
            }
            return new RecordShape(LambdaTemplate.withHash(encode(type, components)), fields);
        } catch (ReflectiveOperationException | RuntimeException | IOException closed) {
            return CLOSED;
        }
    }

    private static boolean replaces(Class<?> type, String method) {
        try {
            return type.getDeclaredMethod(method).getReturnType() == Object.class;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static byte[] encode(Class<?> type, RecordComponent[] components) throws IOException {
        ByteSink sink = new ByteSink();
        ValueWriter.writeSimple(sink, type.getName());
        for (RecordComponent component : components) {
            ValueWriter.writeSimple(sink, component.getName());
            ValueWriter.writeSimple(sink, component.getType().getName());
        }
        return sink.toByteArray();
    }
}
