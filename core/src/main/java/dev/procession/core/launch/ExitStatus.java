package dev.procession.core.launch;

import dev.procession.core.WorkerCrashedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a child ended.
 *
 * @param pid its process id
 * @param code its exit code, or 128 plus the signal that killed it
 * @param lastOutput the last kilobytes that it printed
 * @param crashFile the report that the JVM wrote of its own crash, or null
 */
public record ExitStatus(long pid, int code, String lastOutput, @Nullable Path crashFile) {

    /** How it ended, for a message. */
    public String describe() {
        return code == ExitCode.OUT_OF_MEMORY.code() && !ExitCode.isOutOfMemory(code, lastOutput)
                ? "exited with code " + code
                : ExitCode.describe(code);
    }

    /**
     * The end as the failure of the work that the child was doing.
     *
     * @param name the child's name
     * @param work the work, for the message
     */
    public WorkerCrashedException asFailure(String name, String work) {
        StringBuilder text = new StringBuilder();
        text.append(name).append(' ').append(describe());
        text.append(" while it ran ").append(work).append(": pid=").append(pid);
        if (crashFile != null) {
            text.append(", crash file=").append(crashFile);
        }
        if (!lastOutput.isEmpty()) {
            text.append(", last output:\n").append(lastOutput);
        }
        return new WorkerCrashedException(text.toString(), pid, code, lastOutput, crashFile);
    }
}
