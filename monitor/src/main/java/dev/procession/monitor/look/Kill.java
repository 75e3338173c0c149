package dev.procession.monitor.look;

import dev.procession.core.snapshot.ProgramSnapshot;
import java.util.Optional;

/**
 * SIGKILL for a process of a program, and for no other one that has got its number meanwhile.
 *
 * <p>It is made before the look that tells whose process it is: the JDK's handle knows the start
 * time, and does not signal a later process of the same number. What a pool says of its workers is
 * not enough, because a dead worker's number may have another process before the pool notices: the
 * kernel must say too that the process belongs to the program.
 */
public final class Kill {

    private final ProcessHandle process;

    private Kill(ProcessHandle process) {
        this.process = process;
    }

    /** Returns the process that has this number now; empty if there is none, or it is this one. */
    public static Optional<Kill> of(long pid) {
        return ProcessHandle.of(pid)
                .filter(process -> !process.equals(ProcessHandle.current()))
                .map(Kill::new);
    }

    /**
     * Whether it is a process of a program: it holds the lock of a member, or a member has started
     * it.
     *
     * @param program the program in a look that began after this was made
     */
    public boolean isOf(ProgramSnapshot program) {
        long parent = process.parent().map(ProcessHandle::pid).orElse(0L);
        return program.members().stream()
                .mapToLong(ProgramSnapshot.Member::pid)
                .anyMatch(pid -> pid > 0 && (pid == process.pid() || pid == parent));
    }

    /** Sends the signal; false if the process has ended before, or is another user's. */
    public boolean send() {
        return process.destroyForcibly();
    }

    /** Whether the process lives. */
    public boolean isAlive() {
        return process.isAlive();
    }
}
