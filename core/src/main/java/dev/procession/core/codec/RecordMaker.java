package dev.procession.core.codec;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.StreamCorruptedException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of one class from components that a class of the same name has written.
 *
 * <p>A component that the writer's class lacks is zero, false or null, and one that this class
 * lacks is dropped, as in an object stream.
 */
final class RecordMaker extends Maker {

    private static final MakerCache<RecordMaker> CACHE = new MakerCache<>();

    private static final int UNKNOWN = -1;

    private final Constructor<?> constructor;
    private final @Nullable Object[] defaults;

    /** For each written component, its index in this class, or {@link #UNKNOWN}. */
    private final int[] places;

    private RecordMaker(byte[] fixedPart, Class<?> type, List<String> written)
            throws IOException, ReflectiveOperationException {
        super(fixedPart, type);
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw new InvalidClassException(type.getName(), "it is no record here");
        }
        Class<?>[] types = new Class<?>[components.length];
        this.defaults = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            defaults[i] =
                    types[i].isPrimitive() ? Array.get(Array.newInstance(types[i], 1), 0) : null;
        }
        this.places = new int[written.size() / 2];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(type, components, written.get(2 * i), written.get(2 * i + 1));
        }
        this.constructor = type.getDeclaredConstructor(types);
        try {
            constructor.setAccessible(true);
        } catch (InaccessibleObjectException closed) {
            InvalidClassException refused =
                    new InvalidClassException(
                            type.getName(),
                            "its module must open the package "
                                    + type.getPackageName()
                                    + " to "
                                    + RecordMaker.class.getModule());
            refused.initCause(closed);
            throw refused;
        }
    }

    private static int place(
            Class<?> type, RecordComponent[] components, String name, String componentType)
            throws InvalidClassException {
        for (int i = 0; i < components.length; i++) {
            if (components[i].getName().equals(name)) {
                String here = components[i].getType().getName();
                if (here.equals(componentType)) {
                    return i;
                }
                throw new InvalidClassException(
                        type.getName(),
                        name + " is a " + here + " here, sent was a " + componentType);
            }
        }
        return UNKNOWN;
    }

    /** Reads a record without its tag. */
    static Object read(ByteSource source) throws IOException, ReflectiveOperationException {
        long hash = source.readLong();
        int length = source.readSize();
        RecordMaker known = CACHE.find(hash, length, source);
        RecordMaker maker = known == null ? of(source.readBytes(length)) : known;
        ClassFilter.check(source, maker.type());
        Object made = maker.make(source);
        if (known == null) {
            CACHE.keep(hash, maker);
        }
        return made;
    }

    private static RecordMaker of(byte[] fixedPart)
            throws IOException, ReflectiveOperationException {
        ByteSource source = new ByteSource(fixedPart);
        Class<?> type = ClassResolver.resolve(readName(source));
        RecordMaker kept = CACHE.keptBy(type, fixedPart);
        if (kept != null) {
            return kept;
        }
        List<String> written = new ArrayList<>();
        while (source.available() > 0) {
            written.add(readName(source));
            written.add(readName(source));
        }
        return new RecordMaker(fixedPart, type, written);
    }

    private static String readName(ByteSource source)
            throws IOException, ReflectiveOperationException {
        if (ValueReader.read(source, LambdaParts.DEEPEST + 1) instanceof String name) {
            return name;
        }
        throw new StreamCorruptedException("the fixed part of a record is damaged");
    }

    private Object make(ByteSource source) throws IOException, ReflectiveOperationException {
        @Nullable Object[] components = defaults.clone();
        for (int place : places) {
            Object component = ValueReader.read(source, LambdaParts.DEEPEST + 1);
            if (place != UNKNOWN) {
                components[place] = component;
            }
        }
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException failure) {
            throw invalid(failure.getCause());
        } catch (IllegalArgumentException mismatch) {
            throw invalid(mismatch);
        }
    }

    private InvalidObjectException invalid(@Nullable Throwable cause) {
        InvalidObjectException invalid =
                new InvalidObjectException(type().getName() + " cannot be made: " + cause);
        invalid.initCause(cause);
        return invalid;
    }
}
