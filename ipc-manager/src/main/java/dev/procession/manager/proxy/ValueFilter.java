package dev.procession.manager.proxy;

import dev.procession.core.Codec;
import dev.procession.core.codec.ClassFilter;
import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/** Decides of which classes a process makes objects from a manager's values. */
public final class ValueFilter {

    /** The JDK's own data types, with bounds of size and depth. */
    public static final String DATA_ONLY =
            "maxdepth=64;maxrefs=1000000;java.lang.*;java.math.*;java.time.**;java.util.*;"
                    + "java.util.concurrent.*;java.util.concurrent.atomic.*;!*";

    private ValueFilter() {}

    /** Returns the encoding under a filter in the JDK's notation; null for none. */
    static Values values(@Nullable String pattern) {
        if (pattern == null) {
            return new Values(Codec.standard(), ValueFilter::find);
        }
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter(pattern);
        return new Values(Codec.filtered(filter), name -> allowed(find(name), filter));
    }

    private static Class<?> find(String name) throws ClassNotFoundException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return Class.forName(
                name, false, context != null ? context : ValueFilter.class.getClassLoader());
    }

    private static Class<?> allowed(Class<?> type, ObjectInputFilter filter)
            throws ClassNotFoundException {
        if (ClassFilter.isRejected(filter, type)) {
            throw new ClassNotFoundException(
                    "the filter rejects a key's class: class=" + type.getName());
        }
        return type;
    }
}
