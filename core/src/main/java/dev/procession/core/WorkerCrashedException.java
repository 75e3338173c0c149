package dev.procession.core;

import dev.procession.core.launch.ExitCode;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A child process or a pool's worker ended before it had sent the result of its work: it crashed,
 * exited, or was killed.
 *
 * <p>It is the cause of the {@link java.util.concurrent.ExecutionException} of the one future that
 * stands for this work. Whether the work had effects before is not known. Python's {@code
 * BrokenProcessPool} fails the whole pool instead.
 */
public final class WorkerCrashedException extends ProcessionException {

    private static final long serialVersionUID = 1L;

    private final long pid;
    private final int exitCode;
    private final String lastOutput;
    private final @Nullable String crashFile;
    private final boolean outOfMemoryKill;

    /**
     * Creates an exception; for the code that monitors the process.
     *
     * @param message what happened, with the facts below
     * @param pid the process id
     * @param exitCode as {@link Process#exitValue} returns it
     * @param lastOutput what the process printed last
     * @param crashFile the JVM's report of its own crash, or null
     */
    public WorkerCrashedException(
            String message, long pid, int exitCode, String lastOutput, @Nullable Path crashFile) {
        this(message, pid, exitCode, lastOutput, crashFile, false);
    }

    /**
     * Creates an exception; for the code that monitors the process.
     *
     * @param message what happened, with the facts below
     * @param pid the process id
     * @param exitCode as {@link Process#exitValue} returns it
     * @param lastOutput what the process printed last
     * @param crashFile the JVM's report of its own crash, or null
     * @param outOfMemoryKill whether the kernel's out-of-memory killer killed the process
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
     * Returns the process id of the dead process.
     *
     * @return the pid
     */
    public long pid() {
        return pid;
    }

    /**
     * Returns how the process ended, as {@link Process#exitValue} does: its exit code, or 128 plus
     * the signal.
     *
     * @return the code
     */
    public int exitCode() {
        return exitCode;
    }

    /**
     * Returns the signal that killed the process: 9 for SIGKILL, which the kernel's out-of-memory
     * killer sends too.
     *
     * @return the signal, or 0 if the process exited
     */
    public int signal() {
        return ExitCode.signal(exitCode);
    }

    /**
     * Returns whether the process ended because memory ran out: its heap was full and the JVM
     * exited for that reason, as its output shows, or the kernel's out-of-memory killer killed it.
     * The latter is detected by the kernel's own count of such kills, where that can be read; a
     * SIGKILL from another process in the same instant is mistaken for one.
     *
     * @return whether memory was the reason
     */
    public boolean isOutOfMemory() {
        return outOfMemoryKill || ExitCode.isOutOfMemory(exitCode, lastOutput);
    }

    /**
     * Returns the last lines that the process printed, to both streams, about 8,000 characters at
     * most.
     *
     * @return the text, empty if there was none
     */
    public String lastOutput() {
        return lastOutput;
    }

    /**
     * Returns the report that the JVM wrote when it crashed in native code ({@code
     * hs_err_pid….log}). Procession never deletes it.
     *
     * @return the path of the report, empty if none was found
     */
    public Optional<Path> crashFile() {
        return Optional.ofNullable(crashFile).map(Path::of);
    }
}
