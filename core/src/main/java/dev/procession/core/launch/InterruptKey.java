package dev.procession.core.launch;

/**
 * The signal of Ctrl-C, which a terminal sends to all processes of a program: the one that the user
 * has started decides what it means, and its children do not hear it. A shell usually ignores it
 * for a child before there is a JVM; where there is no shell, the JVM does so first of all.
 */
final class InterruptKey {

    /** A system property: {@code ignore} where no shell did it. */
    static final String PROPERTY = "procession.interrupt";

    private InterruptKey() {}

    /** Ignores the signal from now on, if no shell does. */
    static void ignoreIfTold() {
        if ("ignore".equals(System.getProperty(PROPERTY))) {
            try {
                ignore();
            } catch (ReflectiveOperationException e) {
                // A JRE without this module, or a JVM told not to hear signals: it ends by Ctrl-C.
            }
        }
    }

    /** By reflection: the compiler warns of these classes, and a JRE may not have them. */
    private static void ignore() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object interrupt = signal.getConstructor(String.class).newInstance("INT");
        Object unused =
                signal.getMethod("handle", signal, handler)
                        .invoke(null, interrupt, handler.getField("SIG_IGN").get(null));
    }
}
