package dev.procession.pool.protocol;

import dev.procession.core.lane.LaneEnd;

/**
 * The words that a worker's lane has beside its rings, and who changes them.
 *
 * <pre>
 *     0  CLAIM      epoch (24 bits) and id of the task that was begun last (40 bits)
 *     1  PROGRESS   how far the running task says it is, a double
 *     2  HEAP       bytes of the worker's heap in use when it last looked
 * </pre>
 *
 * <p>A task's message has an id of the same form: the epoch in which it was sent, and the id of the
 * task. The worker begins tasks in the order of the ring, each by one compare-and-set of CLAIM from
 * whatever was begun in this epoch to its own id. The parent takes all that were not begun back by
 * one compare-and-set to the next epoch: their messages, still in the ring, have an old epoch then
 * and are skipped. So one word decides between the two, and however many tasks are under way, it
 * tells which have begun. A task that is repeated may be sent to the worker that began it last; the
 * parent first sets the id in CLAIM to 0 then, for this attempt has not begun.
 *
 * <table>
 * <caption>A worker killed</caption>
 * <tr><th>when</th><th>the word then has</th><th>the parent</th></tr>
 * <tr><td>before it claims</td><td>an earlier task, or none</td><td>gives the task to another
 *     worker</td></tr>
 * <tr><td>between the claim, which comes before the task is read, and the result's commit</td>
 *     <td>the task</td><td>fails the task: it may have had effects</td></tr>
 * <tr><td>after the result's commit</td><td>the task, and a result in the ring</td><td>reads the
 *     ring first, so the task has its result</td></tr>
 * </table>
 */
public final class TaskWord {

    private static final int CLAIM = 0;
    private static final int PROGRESS = 1;
    private static final int HEAP = 2;

    private static final int NUMBER_BITS = 40;
    private static final long NUMBER = (1L << NUMBER_BITS) - 1;

    private TaskWord() {}

    /** Returns the id of a task's message. */
    public static long id(long epoch, long task) {
        return (epoch << NUMBER_BITS) | (task & NUMBER);
    }

    /** Returns the id of the task in the id of a message. */
    public static long task(long id) {
        return id & NUMBER;
    }

    /**
     * Claims a task; called by the worker before it reads the task. False if the parent has taken
     * it back.
     */
    public static boolean begin(LaneEnd lane, long id) {
        long word = lane.word(CLAIM);
        while (word >>> NUMBER_BITS == id >>> NUMBER_BITS) {
            if (lane.compareAndSetWord(CLAIM, word, id)) {
                return true;
            }
            word = lane.word(CLAIM); // the parent has changed it, perhaps by forget()
        }
        return false;
    }

    /**
     * Forgets that the worker began a task, if it has begun no other one since; called by the
     * parent before it sends the task to this worker once more, under the same id.
     */
    public static void forget(LaneEnd lane, long task) {
        long word = lane.word(CLAIM);
        if (task(word) == task(task)) {
            // If that fails, the worker has begun another task meanwhile.
            boolean unused = lane.compareAndSetWord(CLAIM, word, word & ~NUMBER);
        }
    }

    /** Takes back all tasks that have not begun; called by the parent. Returns the next epoch. */
    public static long recall(LaneEnd lane) {
        while (true) {
            long word = lane.word(CLAIM);
            long next = (word >>> NUMBER_BITS) + 1;
            if (lane.compareAndSetWord(CLAIM, word, id(next, word))) {
                return next;
            }
        }
    }

    /** Returns the id of the task that the worker began last; 0 if none. Called by the parent. */
    public static long begun(LaneEnd lane) {
        return task(lane.word(CLAIM));
    }

    /** Stores how far the running task is; called by the worker, with 0 when a task has ended. */
    public static void setProgress(LaneEnd lane, double progress) {
        lane.setWord(PROGRESS, Double.doubleToRawLongBits(progress));
    }

    /** Reads the word; called by the parent. */
    public static double progress(LaneEnd lane) {
        return Double.longBitsToDouble(lane.word(PROGRESS));
    }

    /** Stores how much heap is in use; called by the worker when it has no task to read. */
    public static void setHeap(LaneEnd lane, long bytes) {
        lane.setWord(HEAP, bytes);
    }

    /** Reads the word; called by the parent. */
    public static long heap(LaneEnd lane) {
        return lane.word(HEAP);
    }
}
