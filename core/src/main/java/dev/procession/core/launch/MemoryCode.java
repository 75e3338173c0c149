package dev.procession.core.launch;

import dev.procession.core.UnserializableException;
import java.lang.reflect.Proxy;
import java.net.URL;

/**
 * Recognises code that exists only in this JVM's memory, as under {@code java App.java} and {@code
 * jshell}. No other process can load it, so such a task is refused when it is submitted.
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
     * Refuses a task whose code is only in memory.
     *
     * @throws UnserializableException if it is; the message names the remedy
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

    /** Checks the nest host: a lambda's class has no file, but its host is the class around it. */
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
        return inMemory && !isSentAsOtherClass(type);
    }

    private static boolean isSentAsOtherClass(Class<?> type) {
        return !type.isHidden() && (Proxy.isProxyClass(type) || isReplaced(type));
    }

    private static boolean isReplaced(Class<?> type) {
        for (Class<?> next = type; next != null; next = next.getSuperclass()) {
            try {
                Object unused = next.getDeclaredMethod("writeReplace");
                return true;
            } catch (NoSuchMethodException | LinkageError e) {
                // The superclass may have one.
            }
        }
        return false;
    }
}
