package dev.procession.core.launch;

/** The exit codes by which a child of Procession says why it ended. */
public enum ExitCode {
    /** The work was done, or there is none any more. */
    DONE(0, "ended normally"),
    /** The body threw, and what it threw went to the parent; or it chose this code itself. */
    BODY_FAILED(1, "exited with code 1"),
    /** The JVM ran out of memory and was told to exit then; or the body chose this code itself. */
    OUT_OF_MEMORY(3, "ran out of memory"),
    /** The parent died first. */
    PARENT_GONE(81, "its parent has died"),
    /** The parent and the child did not understand each other. */
    PROTOCOL_ERROR(82, "could not talk to its parent"),
    /** The child could not begin: no session, no class to run. */
    START_FAILED(83, "could not start");

    private static final int SIGNAL_BASE = 128;
    private static final String[] SIGNALS = {
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
        "USR2", "PIPE", "ALRM", "TERM"
    };

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number. */
    public int code() {
        return code;
    }

    /** The signal that a code stands for, or 0; the JDK adds 128 to it. */
    public static int signal(int code) {
        return code > SIGNAL_BASE && code < SIGNAL_BASE + 65 ? code - SIGNAL_BASE : 0;
    }

    /**
     * True if a JVM that was told to exit when its memory is full did so: it says it. The code
     * alone may be one that the user's code has chosen.
     *
     * @param output what the JVM printed last
     */
    public static boolean isOutOfMemory(int code, String output) {
        return code == OUT_OF_MEMORY.code
                && output.contains("Terminating due to java.lang.OutOfMemoryError");
    }

    /**
     * What a code says, for a message, when nothing else is known: code 3 may have been chosen by
     * the child's own code, which {@link ExitStatus#describe} can tell.
     */
    public static String describe(int code) {
        int signal = signal(code);
        if (signal != 0) {
            return "killed by signal "
                    + signal
                    + (signal < SIGNALS.length ? " (SIG" + SIGNALS[signal] + ")" : "");
        }
        for (ExitCode known : values()) {
            if (known.code == code && known != BODY_FAILED) {
                return known.meaning + " (exit code " + code + ")";
            }
        }
        return "exited with code " + code;
    }
}
