package dev.procession.core.launch;

import dev.procession.core.UnserializableException;
import java.lang.reflect.Proxy;
import java.net.URL;

/**
 * Recognises code that is in this JVM's memory alone, as {@code java App.java} and {@code jshell}
 * have it: no other process can load it, so a task of it is refused where it is submitted.
 */
public final class MemoryCode {

    private static final ClassValue<Boolean> IN_MEMORY =
            new ClassValue<>() {
                @Override
                protected Boolean computeValue(Class<?> type) {
                    return isInMemory(type);
                }
            };

    private MemoryCode() {}

    /**
     * Refuses a task whose code is in memory.
     *
     * @throws UnserializableException then, with the remedy
     */
    public static void refuse(Object task) {
        Class<?> type = task.getClass();
        if (IN_MEMORY.get(type)) {
            Class<?> home = type.getNestHost();
            throw new UnserializableException(
                    "cannot send code of "
                            + home.getName()
                            + ": it was compiled in memory, as by java App.java or jshell, and no"
                            + " other process can load it; compile it to a file and put that on the"
                            + " class path",
                    "",
                    home.getName(),
                    null);
        }
    }

    /** A lambda's class has no file, but its host is the class in which it was written. */
    private static boolean isInMemory(Class<?> type) {
        Class<?> host = type.getNestHost();
        ClassLoader loader = host.getClassLoader();
        if (loader == null
                || loader == ClassLoader.getSystemClassLoader()
                || loader == ClassLoader.getPlatformClassLoader()) {
            return false;
        }
        URL file = loader.getResource(host.getName().replace('.', '/') + ".class");
        boolean inMemory =
                file == null
                        || file.getProtocol().contains("memory")
                        || file.getProtocol().equals("jshell");
        return inMemory && !travelsAsSomethingElse(type);
    }

    private static boolean travelsAsSomethingElse(Class<?> type) {
        return !type.isHidden() && (Proxy.isProxyClass(type) || isReplaced(type));
    }

    private static boolean isReplaced(Class<?> type) {
        for (Class<?> next = type; next != null; next = next.getSuperclass()) {
            try {
                Object unused = next.getDeclaredMethod("writeReplace");
                return true;
            } catch (NoSuchMethodException | LinkageError e) {
                // Look on in the superclass.
            }
        }
        return false;
    }
}
