package dev.procession.core;

import dev.procession.core.launch.ExitCode;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A child process or a pool's worker ended before it gave the result of what it was running: it
 * crashed, exited, or was killed.
 *
 * <p>It is the cause of the {@link java.util.concurrent.ExecutionException} of the one future whose
 * work it was. Whether the work had effects before is not known.
 */
public final class WorkerCrashedException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final long pid;
    private final int exitCode;
    private final String lastOutput;
    private final @Nullable String crashFile;
    private final boolean outOfMemoryKill;

    /**
     * Made by what watches the process.
     *
     * @param message what happened, with the facts below
     * @param pid the process id
     * @param exitCode as {@link Process#exitValue} has it
     * @param lastOutput what it printed last
     * @param crashFile the JVM's report of its own crash, or null
     */
    public WorkerCrashedException(
            String message, long pid, int exitCode, String lastOutput, @Nullable Path crashFile) {
        this(message, pid, exitCode, lastOutput, crashFile, false);
    }

    /**
     * Made by what watches the process.
     *
     * @param message what happened, with the facts below
     * @param pid the process id
     * @param exitCode as {@link Process#exitValue} has it
     * @param lastOutput what it printed last
     * @param crashFile the JVM's report of its own crash, or null
     * @param outOfMemoryKill whether the kernel's out-of-memory killer did it
     */
    public WorkerCrashedException(
            String message,
            long pid,
            int exitCode,
            String lastOutput,
            @Nullable Path crashFile,
            boolean outOfMemoryKill) {
        super(message);
        this.outOfMemoryKill = outOfMemoryKill;
        this.pid = pid;
        this.exitCode = exitCode;
        this.lastOutput = lastOutput;
        this.crashFile = crashFile == null ? null : crashFile.toString();
    }

    /**
     * The process id of the dead process.
     *
     * @return its pid
     */
    public long pid() {
        return pid;
    }

    /**
     * How it ended, as {@link Process#exitValue} says it: its exit code, or 128 and the signal.
     *
     * @return the code
     */
    public int exitCode() {
        return exitCode;
    }

    /**
     * The signal that killed it: 9 for SIGKILL, which is also what the kernel's out-of-memory
     * killer sends.
     *
     * @return the signal, or 0 if it exited
     */
    public int signal() {
        return ExitCode.signal(exitCode);
    }

    /**
     * Whether it ended for want of memory: its heap was full and it exited for that, as its output
     * says, or the kernel's out-of-memory killer chose it. The latter is told from the kernel's own
     * count of such kills, where that can be read; a SIGKILL from elsewhere in the same instant
     * would be taken for one.
     *
     * @return whether memory was the reason
     */
    public boolean isOutOfMemory() {
        return outOfMemoryKill || ExitCode.isOutOfMemory(exitCode, lastOutput);
    }

    /**
     * The last lines it printed, to both streams, 8 KiB at most.
     *
     * @return the text, empty if there was none
     */
    public String lastOutput() {
        return lastOutput;
    }

    /**
     * The report that the JVM wrote when it crashed in native code ({@code hs_err_pid….log}). It is
     * the user's to keep or delete.
     *
     * @return where it is, if there is one
     */
    public Optional<Path> crashFile() {
        return Optional.ofNullable(crashFile).map(Path::of);
    }
}
