package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that uses Procession: the process that made a session, and its descendants.
 *
 * @param session the name of the session's directory
 * @param pid its process; 0 for a dead program whose files are left
 * @param command what it runs: its main class or JAR; null if that is not known
 * @param startedAt when it started, in milliseconds since 1970; 0 if that is not known
 * @param residentBytes its resident memory, without its children's
 * @param processorTime seconds of processor time that it has used
 * @param silent why it told nothing of its pools; null if it did
 * @param members its processes, dead ones included whose files are left
 * @param sharedBytes how long its files in shared memory are
 * @param pools its pools
 * @param queues its queues without a name
 * @param managers servers that run in its processes
 */
public record ProgramSnapshot(
        String session,
        long pid,
        @Nullable String command,
        long startedAt,
        long residentBytes,
        double processorTime,
        @Nullable String silent,
        List<Member> members,
        long sharedBytes,
        List<PoolSnapshot> pools,
        List<QueueSnapshot> queues,
        List<ManagerSnapshot> managers)
        implements Serializable {

    /**
     * A process of the program.
     *
     * @param number its number in the session
     * @param pid its process; 0 for a dead one
     * @param silent why it did not answer; null if it did, or is not to be asked
     */
    public record Member(long number, long pid, @Nullable String silent) implements Serializable {}
}
