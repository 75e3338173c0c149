package dev.procession.pool;

import dev.procession.core.memory.LaneLayout;
import dev.procession.core.wire.LaneEnd;

/**
 * Which tasks of a lane have begun: one shared word for each task that is under way.
 *
 * <p>The word holds the task's number in the lane and its state, so that one compare-and-set
 * decides between the worker that begins a task and the parent that takes it back. When a worker
 * has died, the words tell the task that it was running from those that were only sent ahead.
 *
 * <pre>
 *   63..2 number   1..0 state
 *   SENT ──the worker──▶ BEGUN
 *        └─the parent──▶ RECALLED
 * </pre>
 *
 * <table>
 * <caption>A worker killed</caption>
 * <tr><th>when</th><th>left</th><th>the parent</th></tr>
 * <tr><td>before it claims</td><td>SENT</td><td>gives the task to another worker</td></tr>
 * <tr><td>between the claim and the result's commit</td><td>BEGUN</td><td>fails the task: it may have
 *     had effects</td></tr>
 * <tr><td>after the result's commit</td><td>BEGUN, and a result in the ring</td><td>reads the ring
 *     first, so the task has its result</td></tr>
 * </table>
 */
final class Claims {

    /** How many tasks may be under way in one lane. */
    static final int LIMIT = LaneLayout.CLAIM_COUNT;

    private static final long SENT = 1;
    private static final long BEGUN = 2;
    private static final long RECALLED = 3;
    private static final int STATE_BITS = 2;

    private Claims() {}

    private static int index(long number) {
        return (int) (number % LIMIT);
    }

    private static long word(long number, long state) {
        return number << STATE_BITS | state;
    }

    /** By the parent, before the task is committed to the ring. */
    static void send(LaneEnd lane, long number) {
        lane.setClaim(index(number), word(number, SENT));
    }

    /** By the worker, before it runs the task; false when the parent has taken it back. */
    static boolean begin(LaneEnd lane, long number) {
        return lane.compareAndSetClaim(index(number), word(number, SENT), word(number, BEGUN));
    }

    /** By the parent; false when the worker has begun the task. */
    static boolean recall(LaneEnd lane, long number) {
        return lane.compareAndSetClaim(index(number), word(number, SENT), word(number, RECALLED));
    }

    /** By the parent: whether the worker has begun the task. */
    static boolean hasBegun(LaneEnd lane, long number) {
        return lane.claim(index(number)) == word(number, BEGUN);
    }
}
