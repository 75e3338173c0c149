package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue, as its shared memory says.
 *
 * @param file the name of its segment in its directory, which names one without a name
 * @param name the name that it was given, or null
 * @param capacity how many elements it takes
 * @param size how many it has now
 * @param bytes how many bytes they take in the queue's memory; large ones are in files of their own
 * @param byteBound how many bytes its memory takes
 * @param closed whether it takes no more elements
 * @param users the pids of the processes that have it open
 * @param leases elements that somebody works on, and has neither acknowledged nor returned
 */
public record QueueSnapshot(
        String file,
        @Nullable String name,
        long capacity,
        long size,
        long bytes,
        long byteBound,
        boolean closed,
        List<Long> users,
        List<Lease> leases)
        implements Serializable {

    /**
     * An element that was leased.
     *
     * @param number its number among the leases
     * @param holder the pid of the process that leased it; 0 if that is dead
     */
    public record Lease(long number, long holder) implements Serializable {}
}
