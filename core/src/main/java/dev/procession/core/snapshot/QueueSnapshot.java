package dev.procession.core.snapshot;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue, as its shared memory says. It is read from outside, without a lock: sizes are exact
 * unless the queue changes all the time, and then they are off by a few elements at most.
 *
 * <p>Elements carry no time, because a clock costs more than a put. So the age of the oldest one is
 * found by looking again and again: an element that is in the queue now and was put before an
 * earlier look is at least as old as that look. What is told is thus never too much, and at a first
 * look mostly 0.
 *
 * @param file the name of its segment in its directory, which names one without a name
 * @param name the name that it was given, or null
 * @param capacity how many elements it takes
 * @param size how many it has now, those included that came back from a lease
 * @param bytes how many bytes its elements have, large ones in files of their own included
 * @param byteBound how many bytes its elements may have; 0 if that has no bound
 * @param oldestAge for how many seconds its oldest element has been in it at least
 * @param closed whether it takes no more elements
 * @param users the processes that have it open
 * @param leases elements that somebody works on, and has neither acknowledged nor returned
 */
public record QueueSnapshot(
        String file,
        @Nullable String name,
        long capacity,
        long size,
        long bytes,
        long byteBound,
        double oldestAge,
        boolean closed,
        List<User> users,
        List<Lease> leases)
        implements Serializable {

    /**
     * A process that has the queue open.
     *
     * @param member its number in its program, or among those that use the queue's name
     * @param pid the process; 0 if it is dead
     * @param waitsFor what threads of it wait for: {@code "element"}, {@code "room"}, or {@code
     *     "idle"}, which is until all elements are done; null if none waits
     */
    public record User(long member, long pid, @Nullable String waitsFor) implements Serializable {}

    /**
     * An element that was leased.
     *
     * @param number its number among the leases
     * @param holder the pid of the process that leased it; 0 if that is dead, and the element comes
     *     back as soon as another process wants one
     * @param age for how many seconds, since its first lease if it has come back in between; 0 if
     *     that is not known
     */
    public record Lease(long number, long holder, double age) implements Serializable {}
}
