package dev.procession.pool;

import dev.procession.core.wire.LaneEnd;

/**
 * What the pool keeps in the words of a worker's lane.
 *
 * <pre>
 *     0  CLAIMS     64 words: which tasks have begun, below
 *    64  TASKS      64 words: the pool's number of the task with the same index
 *   128  TIMES      64 words: how long the task with the same index ran, in nanoseconds
 *   192  PROGRESS   how far the task that runs says it is, a double
 *   193  HEAP       bytes of the worker's heap in use when it last looked
 * </pre>
 *
 * <p>There is one claim for each task that is under way; the numbers of those under way are never
 * {@link #LIMIT} or more apart, so no two share a word.
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

    /** How far apart the numbers of tasks under way in one lane may be. */
    static final int LIMIT = 64;

    private static final int TASKS = LIMIT;
    private static final int TIMES = TASKS + LIMIT;
    private static final int PROGRESS = TIMES + LIMIT;
    private static final int HEAP = PROGRESS + 1;

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
    static void send(LaneEnd lane, long number, long taskId) {
        lane.setClaim(TASKS + index(number), taskId);
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

    /** By the worker: the pool's number of a task that it has begun. */
    static long taskId(LaneEnd lane, long number) {
        return lane.claim(TASKS + index(number));
    }

    /** By the worker, before it commits the outcome. */
    static void setTime(LaneEnd lane, long number, long nanos) {
        lane.setClaim(TIMES + index(number), nanos);
    }

    /** By the parent, once the outcome is there: how long the task ran. */
    static long time(LaneEnd lane, long number) {
        return lane.claim(TIMES + index(number));
    }

    /** By the worker: how far the task that runs is; 0 before the next one is begun. */
    static void setProgress(LaneEnd lane, double progress) {
        lane.setClaim(PROGRESS, Double.doubleToRawLongBits(progress));
    }

    /** By the parent. */
    static double progress(LaneEnd lane) {
        return Double.longBitsToDouble(lane.claim(PROGRESS));
    }

    /** By the worker, now and then. */
    static void setHeap(LaneEnd lane, long bytes) {
        lane.setClaim(HEAP, bytes);
    }

    /** By the parent. */
    static long heap(LaneEnd lane) {
        return lane.claim(HEAP);
    }
}
