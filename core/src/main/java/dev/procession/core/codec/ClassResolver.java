package dev.procession.core.codec;

import org.jspecify.annotations.Nullable;

/** Finds the classes that a message names. */
final class ClassResolver {

    private static final ClassLoader OWN = ClassResolver.class.getClassLoader();

    private ClassResolver() {}

    /** Returns the context class loader of this thread, or Procession's own if it has none. */
    static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? OWN : context;
    }

    /**
     * Finds a class by its binary name, arrays included, without initialising it.
     *
     * @param name as in {@link Class#getName()}
     * @throws ClassNotFoundException with that name as its message, if no loader has it
     */
    static Class<?> resolve(String name) throws ClassNotFoundException {
        ClassLoader loader = loader();
        Class<?> found = find(name, loader);
        if (found == null && loader != OWN) {
            found = find(name, OWN);
        }
        if (found == null) {
            throw new ClassNotFoundException(name);
        }
        return found;
    }

    private static @Nullable Class<?> find(String name, ClassLoader loader) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException missing) {
            return null;
        }
    }
}
