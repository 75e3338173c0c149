package dev.procession.core.launch;

/** The exit codes of Procession's children, each of which stands for a reason. */
public enum ExitCode {
    /** The work is done, or the parent needs no more of it. */
    DONE(0, "ended normally"),
    /** The body threw, and the parent has its exception; or the body chose this code itself. */
    BODY_FAILED(1, "exited with code 1"),
    /** The JVM ran out of memory under a flag to exit then; or the body chose this code itself. */
    OUT_OF_MEMORY(3, "ran out of memory"),
    /** The parent died first. */
    PARENT_GONE(81, "its parent has died"),
    /** The parent sent data that the protocol does not allow. */
    PROTOCOL_ERROR(82, "could not talk to its parent"),
    /** The child could not start its work: it found no session, or no class to run. */
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

    /** The signal in an exit code, to which the JDK adds 128; 0 if there is none. */
    public static int signal(int code) {
        return code > SIGNAL_BASE && code < SIGNAL_BASE + 65 ? code - SIGNAL_BASE : 0;
    }

    /**
     * True if a JVM with a flag to exit when its heap is full did so, which its output shows. The
     * code alone does not: the user's code may have chosen it.
     *
     * @param output what the JVM printed last
     */
    public static boolean isOutOfMemory(int code, String output) {
        return code == OUT_OF_MEMORY.code
                && output.contains("Terminating due to java.lang.OutOfMemoryError");
    }

    /**
     * The meaning of a code, for a message. The child's own code may have chosen code 3; {@link
     * ExitStatus#describe} detects that by the output.
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
