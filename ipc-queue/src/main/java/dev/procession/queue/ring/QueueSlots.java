package dev.procession.queue.ring;

import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The processes that use a queue: a slot for each, with its number, what it took and what of that
 * is done, and a bit for each thing that its threads may wait for.
 *
 * <p>A slot is claimed by one compare-and-set of its owner word and freed by another, by its owner
 * or by whoever has proven that one dead. Nothing is counted across processes: who wants to know
 * looks at the slots of the living.
 */
public final class QueueSlots {

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
                return slot; // this process was here before
            }
        }
        for (int round = 0; round < 2; round++) {
            for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
                if (round == 1) {
                    freeIfDead(slot);
                }
                if (owner(slot) == 0
                        && Words.compareAndSet(memory, QueueLayout.slotOwner(slot), 0, self)) {
                    // Until here the slot counts what its last owner left: too much, not too
                    // little.
                    long done = Words.getVolatile(memory, QueueLayout.slotDone(slot));
                    Words.setVolatile(memory, QueueLayout.slotTaken(slot), done);
                    return slot;
                }
            }
        }
        throw new IOException(
                "too many processes use this queue: at most " + QueueLayout.SLOT_COUNT);
    }

    /** The slot of this process. */
    public int mine() {
        return mine;
    }

    /** The member in a slot; 0 if it is free. */
    public long owner(int slot) {
        return Words.getVolatile(memory, QueueLayout.slotOwner(slot));
    }

    /** Frees a slot whose owner is dead; true if it was, or the slot was free. */
    public boolean freeIfDead(int slot) throws IOException {
        long owner = owner(slot);
        if (owner == 0) {
            return true;
        }
        if (owner == self || !probe.isDead(owner)) {
            return false;
        }
        for (Waiting waiting : Waiting.values()) {
            Words.getAndClearBits(memory, QueueLayout.waiters(waiting, slot), bit(slot));
        }
        Words.compareAndSet(memory, QueueLayout.slotOwner(slot), owner, 0);
        return true;
    }

    /** Frees the slots of the dead that took what they had not called done. */
    public void freeDead() throws IOException {
        for (int slot = 0; slot < QueueLayout.SLOT_COUNT; slot++) {
            if (owner(slot) != 0 && underWay(slot) != 0) {
                freeIfDead(slot);
            }
        }
    }

    /** Counts elements as taken by this process; under the consumers' lock, before they are. */
    public void addTaken(int count) {
        taken += count;
        Words.setRelease(memory, QueueLayout.slotTaken(mine), taken);
    }

    /** Counts one element that this process took as done; false if none is left. */
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

    /** What the owner of a slot took and has not called done. */
    public long underWay(int slot) {
        long done = Words.getVolatile(memory, QueueLayout.slotDone(slot));
        return Words.getVolatile(memory, QueueLayout.slotTaken(slot)) - done;
    }

    /** Says that threads of this process wait; look once more afterwards, then sleep. */
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

    /** True if nobody has claimed the wake-up that was announced. */
    public boolean isAnnounced(Waiting waiting) {
        return (Words.getVolatile(memory, QueueLayout.waiters(waiting, mine)) & bit(mine)) != 0;
    }

    /** Says that no thread of this process waits any more. */
    public void retract(Waiting waiting) {
        Words.getAndClearBits(memory, QueueLayout.waiters(waiting, mine), bit(mine));
    }

    /**
     * True if nobody waits for anything and the queue is not closed; to be asked after the unlock,
     * which is a full fence.
     */
    public boolean isQuiet() {
        long loud = QueueLayout.WAITERS_BITS | QueueLayout.CLOSED_BIT;
        return (Words.getAcquire(memory, QueueLayout.STATE) & loud) == 0;
    }

    /** True if some process waits; to be asked after the unlock, which is a full fence. */
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
        // Nobody any more. It fails if somebody has announced a wait since: the count has changed.
        Words.compareAndSet(
                memory, QueueLayout.STATE, state, state & ~QueueLayout.waitersBit(waiting));
        return false;
    }

    /**
     * Clears the bit of one process that waits, so that nobody else wakes it as well.
     *
     * @param after the search begins behind this slot, so that all have their turn
     * @return its slot, or -1 if nobody waits
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
