package dev.procession.core.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Snapshots as bytes and back. Other objects are refused in both directions. */
public final class Snapshots {

    private static final String PACKAGE = Snapshots.class.getPackageName() + ".";

    private Snapshots() {}

    /** Returns the bytes of a list of records of this package. */
    public static byte[] encode(List<? extends Serializable> snapshots) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new ArrayList<>(snapshots));
        }
        return bytes.toByteArray();
    }

    /**
     * Reads them again.
     *
     * @throws IOException if the bytes are something else
     */
    public static <T> List<T> decode(Class<T> type, byte[] bytes) throws IOException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            in.setObjectInputFilter(Snapshots::check);
            List<T> snapshots = new ArrayList<>();
            for (Object snapshot : (List<?>) in.readObject()) {
                snapshots.add(type.cast(snapshot));
            }
            return snapshots;
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new IOException("not a list of " + type.getSimpleName(), e);
        }
    }

    private static ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type == null) {
            return ObjectInputFilter.Status.UNDECIDED; // the limits of the JVM's own filter
        }
        while (type.isArray()) {
            type = type.getComponentType();
        }
        boolean allowed =
                type.isPrimitive()
                        || type == Object.class
                        || type == String.class
                        || Number.class.isAssignableFrom(type)
                        || type.getName().startsWith("java.util.")
                        || type.getName().startsWith(PACKAGE);
        return allowed ? ObjectInputFilter.Status.ALLOWED : ObjectInputFilter.Status.REJECTED;
    }
}
