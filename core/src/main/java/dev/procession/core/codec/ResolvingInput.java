package dev.procession.core.codec;

import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * An object stream that finds classes by {@link ClassResolver} and refuses arrays that the message
 * is too short to fill.
 */
final class ResolvingInput extends ObjectInputStream {

    /**
     * Opens a stream.
     *
     * @param source holds the stream and nothing else
     * @throws IOException if it does not start like an object stream
     */
    ResolvingInput(ByteSource source) throws IOException {
        super(source);
        int length = source.available();
        ObjectInputFilter filter = getObjectInputFilter();
        if (source.filter() != null) {
            filter = ObjectInputFilter.merge(source.filter(), filter);
        }
        setObjectInputFilter(new ArrayLengthFilter(length, filter));
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
        String name = description.getName();
        Class<?> primitive = name.indexOf('.') < 0 ? primitive(name) : null;
        return primitive == null ? ClassResolver.resolve(name) : primitive;
    }

    // The method that replaces getProxyClass needs a handler, which only the stream can make.
    @SuppressWarnings("deprecation")
    @Override
    protected Class<?> resolveProxyClass(String[] interfaceNames) throws ClassNotFoundException {
        Class<?>[] interfaces = new Class<?>[interfaceNames.length];
        ClassLoader loader = ClassResolver.loader();
        for (int i = 0; i < interfaces.length; i++) {
            interfaces[i] = ClassResolver.resolve(interfaceNames[i]);
            if (!Modifier.isPublic(interfaces[i].getModifiers())) {
                loader = interfaces[i].getClassLoader();
            }
        }
        try {
            return Proxy.getProxyClass(loader, interfaces);
        } catch (IllegalArgumentException invisible) {
            return proxyBesideInterfaces(interfaces, invisible);
        }
    }

    /** For interfaces that the context class loader does not see but Procession's own does. */
    @SuppressWarnings("deprecation")
    private static Class<?> proxyBesideInterfaces(
            Class<?>[] interfaces, IllegalArgumentException invisible)
            throws ClassNotFoundException {
        try {
            return Proxy.getProxyClass(ResolvingInput.class.getClassLoader(), interfaces);
        } catch (IllegalArgumentException again) {
            invisible.addSuppressed(again);
            throw new ClassNotFoundException(interfaces[0].getName(), invisible);
        }
    }

    private static @Nullable Class<?> primitive(String name) {
        return switch (name) {
            case "boolean" -> boolean.class;
            case "byte" -> byte.class;
            case "char" -> char.class;
            case "short" -> short.class;
            case "int" -> int.class;
            case "long" -> long.class;
            case "float" -> float.class;
            case "double" -> double.class;
            case "void" -> void.class;
            default -> null;
        };
    }

    /** Rejects array lengths that the message cannot fill, then asks the other filters, if any. */
    private static final class ArrayLengthFilter implements ObjectInputFilter {

        /**
         * The array of a hash table is allocated before its content is read, at up to eight times
         * that.
         */
        private static final long SLOTS_PER_BYTE = 16;

        private static final long ALWAYS_ALLOWED = 1024;

        private final long longest;
        private final @Nullable ObjectInputFilter next;

        ArrayLengthFilter(int bytes, @Nullable ObjectInputFilter next) {
            this.longest = ALWAYS_ALLOWED + SLOTS_PER_BYTE * bytes;
            this.next = next;
        }

        @Override
        public Status checkInput(FilterInfo info) {
            if (info.arrayLength() > longest) {
                return Status.REJECTED;
            }
            return next == null ? Status.UNDECIDED : next.checkInput(info);
        }
    }
}
