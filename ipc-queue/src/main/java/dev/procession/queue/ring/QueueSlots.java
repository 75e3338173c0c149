package dev.procession.queue.ring;

import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The processes that use a queue. Each has a slot with its member number, the count of elements
 * that it took and the count of those that are done, and a bit for each {@link Waiting}.
 *
 * <p>A slot is claimed by one compare-and-set of its owner word and freed by another, by its owner
 * or by a process that has proven the owner dead. There is no count across processes: a reader adds
 * up the slots of the living.
 */
public final class QueueSlots {

    /** Kept, because each call of {@code values()} makes an array. */
    private static final Waiting[] ALL = Waiting.values();

    private final ByteBuffer memory;
    private final long self;
    private final DeathProbe probe;
    private final int mine;
    private long taken; // under the consumers' lock

    QueueSlots(ByteBuffer memory, long self, DeathProbe probe) throws IOException {
        this.memory = memory;
        this.self = self;
        this.probe = probe;
        this.mine = claim();
        this.taken = Words.getVolatile(memory, QueueLayout.slotTaken(mine));
    }

    private int claim() throws IOException {
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            if (owner(slot) == self) {
                return slot; // this process used the queue before
            }
        }
        for (int round = 0; round < 2; round++) {
            for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
                if (round == 1) {
                    freeIfDead(slot);
                }
                if (owner(slot) == 0
                        && Words.compareAndSet(memory, QueueLayout.slotOwner(slot), 0, self)) {
                    // Until now the slot has its last owner's counts: too many elements under
                    // way, never too few.
                    long done = Words.getVolatile(memory, QueueLayout.slotDone(slot));
                    Words.setVolatile(memory, QueueLayout.slotTaken(slot), done);
                    return slot;
                }
            }
        }
        throw new IOException(
                "too many processes use this queue: at most " + QueueLayout.SLOT_COUNT);
    }

    /** Returns the slot of this process. */
    public int mine() {
        return mine;
    }

    /** Returns the member that owns a slot; 0 if it is free. */
    public long owner(int slot) {
        return Words.getVolatile(memory, QueueLayout.slotOwner(slot));
    }

    /** Returns the number of slots in use. */
    int users() {
        int users = 0;
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            users += owner(slot) == 0 ? 0 : 1;
        }
        return users;
    }

    /** Frees a slot if its owner is dead; true if the slot is free then. */
    public boolean freeIfDead(int slot) throws IOException {
        long owner = owner(slot);
        if (owner == 0) {
            return true;
        }
        if (owner == self || !probe.isDead(owner)) {
            return false;
        }
        for (Waiting waiting : ALL) {
            Words.getAndClearBits(memory, QueueLayout.waiters(waiting, slot), bit(slot));
        }
        Words.compareAndSet(memory, QueueLayout.slotOwner(slot), owner, 0);
        return true;
    }

    /** Frees the slots of dead members that had not called all elements done that they took. */
    public void freeDead() throws IOException {
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            if (owner(slot) != 0 && underWay(slot) != 0) {
                freeIfDead(slot);
            }
        }
    }

    /**
     * Counts elements as taken by this process; called under the consumers' lock, before they are
     * taken.
     */
    public void addTaken(int count) {
        taken += count;
        Words.setRelease(memory, QueueLayout.slotTaken(mine), taken);
    }

    /** Counts one element that this process took as done; false if all are done already. */
    public boolean addDone() {
        int word = QueueLayout.slotDone(mine);
        while (true) {
            long done = Words.getVolatile(memory, word);
            if (done >= Words.getVolatile(memory, QueueLayout.slotTaken(mine))) {
                return false;
            }
            if (Words.compareAndSet(memory, word, done, done + 1)) {
                return true;
            }
        }
    }

    /** Returns the number of elements that the owner of a slot took and has not called done. */
    public long underWay(int slot) {
        long done = Words.getVolatile(memory, QueueLayout.slotDone(slot));
        return Words.getVolatile(memory, QueueLayout.slotTaken(slot)) - done;
    }

    /**
     * Announces that threads of this process wait; the caller then checks once more before it
     * sleeps.
     */
    public void announce(Waiting waiting) {
        Words.getAndSetBits(memory, QueueLayout.waiters(waiting, mine), bit(mine));
        while (true) {
            long state = Words.getVolatile(memory, QueueLayout.STATE);
            long next = (state + QueueLayout.ANNOUNCEMENT) | QueueLayout.waitersBit(waiting);
            if (Words.compareAndSet(memory, QueueLayout.STATE, state, next)) {
                return;
            }
        }
    }

    /** True if no process has claimed the announced wait yet, to wake this process. */
    public boolean isAnnounced(Waiting waiting) {
        return (Words.getVolatile(memory, QueueLayout.waiters(waiting, mine)) & bit(mine)) != 0;
    }

    /** Withdraws the announcement: no thread of this process waits any more. */
    public void retract(Waiting waiting) {
        Words.getAndClearBits(memory, QueueLayout.waiters(waiting, mine), bit(mine));
    }

    /**
     * True if no process waits and the queue is not closed; called after the unlock, which is a
     * full fence.
     */
    public boolean isQuiet() {
        long notQuiet = QueueLayout.WAITERS_BITS | QueueLayout.CLOSED_BIT;
        return (Words.getAcquire(memory, QueueLayout.STATE) & notQuiet) == 0;
    }

    /** True if any process waits for this; called after the unlock, which is a full fence. */
    public boolean hasWaiters(Waiting waiting) {
        long state = Words.getAcquire(memory, QueueLayout.STATE);
        if ((state & QueueLayout.waitersBit(waiting)) == 0) {
            return false;
        }
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot += QueueLayout.WAITERS_PER_WORD) {
            if (Words.getAcquire(memory, QueueLayout.waiters(waiting, slot)) != 0) {
                return true;
            }
        }
        // No process waits. This fails if a wait was announced since, which changes the count.
        Words.compareAndSet(
                memory, QueueLayout.STATE, state, state & ~QueueLayout.waitersBit(waiting));
        return false;
    }

    /**
     * Clears the bit of one process that waits, so that no other process wakes it too.
     *
     * @param after the search begins behind this slot, so that all processes get their turn
     * @return its slot, or -1 if no process waits
     */
    public int claimWaiter(Waiting waiting, int after) {
        for (int step = 1; step <= QueueLayout.SLOT_COUNT; step++) {
            int slot = (after + step) % QueueLayout.SLOT_COUNT;
            int word = QueueLayout.waiters(waiting, slot);
            long bits = Words.getVolatile(memory, word);
            if (bits == 0) {
                step += QueueLayout.WAITERS_PER_WORD - 1 - slot % QueueLayout.WAITERS_PER_WORD;
            } else if ((bits & bit(slot)) != 0
                    && (Words.getAndClearBits(memory, word, bit(slot)) & bit(slot)) != 0) {
                if (KillPoint.ON) {
                    KillPoint.WAKE_CLAIMED.reached();
                }
                return slot;
            }
        }
        return -1;
    }

    private static long bit(int slot) {
        return 1L << slot;
    }
}
