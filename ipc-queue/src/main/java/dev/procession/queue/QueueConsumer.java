package dev.procession.queue;

import dev.procession.core.memory.KillPoint;
import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueLayout;
import dev.procession.queue.ring.QueueLeases;
import dev.procession.queue.ring.QueueReader;
import dev.procession.queue.ring.QueueRun;
import dev.procession.queue.ring.QueueSlots;
import dev.procession.queue.ring.QueueSpillName;
import dev.procession.queue.ring.TwoLockRing;
import dev.procession.queue.ring.Waiting;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes from a queue, for good or on approval, for this process. Thread-safe.
 *
 * <p>Each attempt takes the consumers' lock, copies, and releases the lock. A spill file is opened
 * under the lock and read after it.
 */
final class QueueConsumer {

    /**
     * About how many bytes are taken under one lock: few enough that the copy stays in a near
     * cache.
     */
    private static final long DRAIN_BYTES = 1 << 13;

    private static final long DEATH_CHECK_NANOS = 100_000_000;

    private final TwoLockRing ring;
    private final QueueReader reader;
    private final QueueSlots slots;
    private final QueueLeases leases;
    private final QueueSpillFiles files;
    private final QueueWaits waits;
    private volatile long lastDeathCheckNanos = System.nanoTime() - DEATH_CHECK_NANOS;

    QueueConsumer(TwoLockRing ring, QueueSpillFiles files, QueueWaits waits) {
        this.ring = ring;
        this.reader = ring.reader();
        this.slots = ring.slots();
        this.leases = ring.leases();
        this.files = files;
        this.waits = waits;
    }

    /**
     * Takes the oldest element.
     *
     * @param nanos how long to wait for one; {@link Timeout#FOREVER} for no limit
     * @return null if there was none in time, or the queue is closed and empty
     */
    byte @Nullable [] take(long nanos) throws InterruptedException {
        byte[] element = attempt(nanos);
        if (element != null) {
            return element;
        }
        if (nanos <= 0) {
            // The process that emptied the queue may have been killed before it ended it.
            waits.endIfOver();
            return null;
        }
        Timeout time = Timeout.ofNanos(nanos);
        QueueEvents.OfWait wait = null;
        boolean timedOut = false;
        try {
            while (true) {
                long remaining = time.remainingNanos();
                if (waits.isOver(remaining)) {
                    return null;
                }
                if (wait == null) {
                    wait = QueueEvents.waitBegins();
                }
                if (!waits.await(Waiting.ELEMENT, 0, remaining)) {
                    timedOut = true;
                    return null;
                }
                element = attempt(remaining);
                if (element != null) {
                    return element;
                }
            }
        } finally {
            if (wait != null) {
                wait.end(waits.queue(), nanos == Timeout.FOREVER ? "take" : "poll", timedOut);
            }
        }
    }

    private byte @Nullable [] attempt(long nanos) {
        if (!isWorthALock() || !reader.lock(QueueWaits.lockNanos(nanos))) {
            return null;
        }
        byte[] payload;
        QueueSpillName spill = null;
        InputStream file = null;
        try {
            boolean found = reader.next();
            int returned = oldestReturned();
            if (returned >= 0) {
                payload = takeReturned(returned);
            } else if (found) {
                payload = reader.payload();
                if (reader.kind() == QueueLayout.SPILLED) {
                    spill = QueueSpillName.of(payload);
                    file = files.open(spill);
                }
                slots.addTaken(1);
                reader.consume();
            } else {
                return null;
            }
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            reader.unlock();
        }
        waits.afterTake();
        return spill == null ? payload : read(spill, file);
    }

    /**
     * Takes an element that came back from a lease, and reads its file under the lock: this is
     * rare.
     */
    private byte[] takeReturned(int lease) throws IOException {
        QueueSpillName name = leases.file(lease);
        byte[] element = QueueSpillFiles.readWhole(name, files.openLease(name));
        slots.addTaken(1);
        leases.take(lease);
        files.deleteLease(name);
        return element;
    }

    private boolean isWorthALock() {
        return reader.isReady() || (leases.isUsed() && isDeathCheckDue());
    }

    private boolean isDeathCheckDue() {
        return System.nanoTime() - lastDeathCheckNanos >= DEATH_CHECK_NANOS;
    }

    /**
     * Returns the lease of the oldest element that came back, or -1; called under the lock. From
     * time to time it returns the leases of dead members first: a death wakes no thread.
     */
    private int oldestReturned() throws IOException {
        if (!reader.hasLeases()) {
            return -1;
        }
        if (isDeathCheckDue()) {
            lastDeathCheckNanos = System.nanoTime();
            leases.returnLeasesOfDeadMembers();
        }
        return reader.returned();
    }

    private byte[] read(QueueSpillName spill, @Nullable InputStream file) {
        try {
            byte[] element = QueueSpillFiles.readWhole(spill, file);
            if (KillPoint.ON) {
                KillPoint.TAKE_FILE_READ.reached();
            }
            return element;
        } finally {
            files.discard(spill);
        }
    }

    /**
     * Takes elements under one lock, without waiting for one: about {@link #DRAIN_BYTES}. An
     * element with a spill file is only taken as the first, and alone.
     *
     * @param most the largest number of elements
     * @param run gets the elements; new, or used by this thread only
     */
    void takeAll(int most, QueueRun run) {
        run.clear();
        if (leases.returned() == 0) {
            reader.lock(Timeout.FOREVER);
            try {
                reader.copyRun(most, DRAIN_BYTES, run);
                if (run.count() > 0) {
                    slots.addTaken(run.count());
                    reader.consumeRun(run.count());
                }
            } catch (IOException e) {
                throw QueueException.corrupt(ring.segment().path(), e);
            } finally {
                reader.unlock();
            }
            if (run.count() > 0) {
                waits.afterTake();
                return;
            }
        }
        byte[] element = attempt(0); // one with a spill file, or one that came back from a lease
        if (element != null) {
            run.set(element);
        }
    }

    /**
     * Takes the oldest element on approval.
     *
     * @param nanos how long to wait for one; {@link Timeout#FOREVER} for no limit
     * @return null if there was none in time, or the queue is closed and empty
     */
    @Nullable LeasedBytes lease(long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        QueueEvents.OfWait wait = null;
        boolean timedOut = false;
        try {
            while (true) {
                LeasedBytes leased = attemptLease(time.remainingNanos());
                if (leased != null) {
                    return leased;
                }
                long remaining = time.remainingNanos();
                if (waits.isOver(remaining)) {
                    return null;
                }
                if (wait == null && nanos > 0) {
                    wait = QueueEvents.waitBegins();
                }
                if (!waits.await(Waiting.ELEMENT, 0, remaining)) {
                    timedOut = true;
                    return null;
                }
            }
        } finally {
            if (wait != null) {
                boolean forEver = nanos == Timeout.FOREVER;
                wait.end(waits.queue(), forEver ? "takeLeased" : "pollLeased", timedOut);
            }
        }
    }

    private @Nullable LeasedBytes attemptLease(long nanos) {
        if (!isWorthALock() || !reader.lock(QueueWaits.lockNanos(nanos))) {
            return null;
        }
        LeasedBytes leased;
        try {
            boolean found = reader.next();
            int returned = oldestReturned();
            if (returned >= 0) {
                QueueSpillName name = leases.file(returned);
                leased =
                        new LeasedBytes(
                                returned, QueueSpillFiles.readWhole(name, files.openLease(name)));
                leases.hold(returned);
            } else if (found) {
                leased = leaseOldest();
            } else {
                return null;
            }
        } catch (IOException e) {
            throw new QueueException(
                    "an element cannot be leased: path=" + ring.segment().path(), e);
        } finally {
            reader.unlock();
        }
        waits.afterTake();
        return leased;
    }

    /**
     * Leases the oldest element; called under the lock. Its file is written before the element
     * leaves the ring, so that the element is always stored somewhere.
     */
    private LeasedBytes leaseOldest() throws IOException {
        byte[] element = reader.payload();
        QueueSpillName name;
        QueueSpillName spill = null;
        if (reader.kind() == QueueLayout.SPILLED) {
            spill = QueueSpillName.of(element);
            element = QueueSpillFiles.readWhole(spill, files.open(spill));
            name = files.linkLease(spill);
        } else {
            name = files.writeLease(element);
        }
        int lease = leases.prepare(name);
        if (lease < 0) {
            files.deleteLease(name);
            throw new QueueException(
                    "too many elements are leased at the same time: limit="
                            + QueueLayout.LEASE_COUNT);
        }
        if (KillPoint.ON) {
            KillPoint.LEASE_PREPARED.reached();
        }
        reader.consume();
        if (KillPoint.ON) {
            KillPoint.LEASE_COMMITTED.reached();
        }
        if (spill != null) {
            files.discard(spill);
        }
        return new LeasedBytes(lease, element);
    }

    /** Ends a lease: the element is removed for good. */
    void acknowledge(int lease) {
        QueueSpillName name = leases.file(lease);
        if (!leases.acknowledge(lease)) {
            throw new QueueException(
                    "this process does not hold the lease any more: lease=" + lease);
        }
        if (KillPoint.ON) {
            KillPoint.LEASE_ACKNOWLEDGED.reached();
        }
        files.discardLease(name);
        waits.wakeIfIdle();
        waits.endIfOver();
    }

    /** Ends a lease: the element comes back to the head of the queue. */
    void giveBack(int lease) {
        if (leases.giveBack(lease)) {
            waits.wake(Waiting.ELEMENT);
        }
    }

    /** Removes the elements that are in the queue now; they count as done. */
    void clear() {
        for (int i = ring.size(); i > 0; i--) {
            byte[] element = attempt(0);
            if (element == null) {
                break;
            }
            waits.taskDone();
        }
        waits.endIfOver();
    }
}
