package dev.procession.core.launch;

/**
 * The signal of Ctrl-C, which a terminal sends to all processes of a program. The process that the
 * user has started handles it; its children ignore it. Usually the shell that starts a child's JVM
 * makes it ignore the signal; where there is no shell, the child's JVM does so itself, before
 * anything else.
 */
final class InterruptKey {

    /** A system property: {@code ignore} where no shell starts the JVM. */
    static final String PROPERTY = "procession.interrupt";

    private InterruptKey() {}

    /** Ignores the signal from now on, if the parent has set the property. */
    static void ignoreIfRequested() {
        if ("ignore".equals(System.getProperty(PROPERTY))) {
            try {
                ignore();
            } catch (ReflectiveOperationException e) {
                // A JRE without jdk.unsupported, or a JVM with -Xrs: then Ctrl-C ends it.
            }
        }
    }

    /** Uses reflection, as the compiler warns of these classes and a JRE may lack them. */
    private static void ignore() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object interrupt = signal.getConstructor(String.class).newInstance("INT");
        Object unused =
                signal.getMethod("handle", signal, handler)
                        .invoke(null, interrupt, handler.getField("SIG_IGN").get(null));
    }
}
