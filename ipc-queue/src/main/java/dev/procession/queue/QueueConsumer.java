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
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes from a queue, for good or on approval, for this process.
 *
 * <p>Each attempt takes the consumers' lock, does its few copies, and gives it back. Thread-safe.
 */
final class QueueConsumer {

    /** What is taken under one lock, about: small enough that its copy stays in a near cache. */
    private static final long DRAIN_BYTES = 1 << 13;

    private static final long DEATH_LOOK_NANOS = 100_000_000;

    private final TwoLockRing ring;
    private final QueueReader reader;
    private final QueueSlots slots;
    private final QueueLeases leases;
    private final QueueSpillFiles files;
    private final QueueWaits waits;
    private volatile long lookedForDead = System.nanoTime() - DEATH_LOOK_NANOS;

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
     * @return null if the time was over before there was one, or the queue is closed and empty
     */
    byte @Nullable [] take(long nanos) throws InterruptedException {
        byte[] element = attempt(nanos);
        if (element != null) {
            return element;
        }
        if (nanos <= 0) {
            waits.endIfOver(); // who emptied it may have been killed before it looked
            return null;
        }
        Timeout time = Timeout.ofNanos(nanos);
        while (true) {
            long left = time.remainingNanos();
            if (waits.isOver(left) || !waits.await(Waiting.ELEMENT, 0, left)) {
                return null;
            }
            element = attempt(left);
            if (element != null) {
                return element;
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
                if (reader.kind() == QueueLayout.BESIDE) {
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

    /** Takes what came back from a lease; under the lock, for that is rare. */
    private byte[] takeReturned(int lease) throws IOException {
        QueueSpillName name = leases.file(lease);
        byte[] element = QueueSpillFiles.readWhole(name, files.openLease(name));
        slots.addTaken(1);
        leases.take(lease);
        files.deleteLease(name);
        return element;
    }

    private boolean isWorthALock() {
        return reader.isReady() || (leases.isUsed() && isTimeToLookForDead());
    }

    private boolean isTimeToLookForDead() {
        return System.nanoTime() - lookedForDead >= DEATH_LOOK_NANOS;
    }

    /**
     * The element that came back and was put first, or -1; under the lock. Now and then it lets
     * come back what the dead held: the death of a holder rings nobody.
     */
    private int oldestReturned() throws IOException {
        if (!reader.hasLeases()) {
            return -1;
        }
        if (isTimeToLookForDead()) {
            lookedForDead = System.nanoTime();
            leases.returnOfTheDead();
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
     * Takes elements under one lock, up to a bound and without waiting: no large one but as the
     * first, and no more than others may be kept waiting for.
     *
     * @param run is to have them; not used before, or by this thread
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
        byte[] element = attempt(0); // a large one, or one that came back
        if (element != null) {
            run.set(element);
        }
    }

    /**
     * Takes the oldest element on approval.
     *
     * @param nanos how long to wait for one; {@link Timeout#FOREVER} for no limit
     * @return null if the time was over before there was one, or the queue is closed and empty
     */
    @Nullable LeasedBytes lease(long nanos) throws InterruptedException {
        Timeout time = Timeout.ofNanos(nanos);
        while (true) {
            LeasedBytes leased = attemptLease(time.remainingNanos());
            if (leased != null) {
                return leased;
            }
            long left = time.remainingNanos();
            if (waits.isOver(left) || !waits.await(Waiting.ELEMENT, 0, left)) {
                return null;
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

    /** Under the lock; a file is written there, so that the element is never in one place only. */
    private LeasedBytes leaseOldest() throws IOException {
        byte[] element = reader.payload();
        QueueSpillName name;
        QueueSpillName spill = null;
        if (reader.kind() == QueueLayout.BESIDE) {
            spill = QueueSpillName.of(element);
            element = QueueSpillFiles.readWhole(spill, files.open(spill));
            name = files.linkLease(spill);
        } else {
            name = files.writeLease(element);
        }
        int lease = leases.prepare(name);
        if (lease < 0) {
            files.deleteLease(name);
            throw new QueueException("too many leases at once: at most " + QueueLayout.LEASE_COUNT);
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

    /** Ends a lease: the element is done with. */
    void acknowledge(int lease) {
        QueueSpillName name = leases.file(lease);
        if (!leases.acknowledge(lease)) {
            throw new QueueException("this lease is not this process's any more: lease=" + lease);
        }
        if (KillPoint.ON) {
            KillPoint.LEASE_ACKNOWLEDGED.reached();
        }
        files.discardLease(name);
        waits.wakeIfIdle();
        waits.endIfOver();
    }

    /** Ends a lease: the element comes back. */
    void giveBack(int lease) {
        if (leases.giveBack(lease)) {
            waits.wake(Waiting.ELEMENT);
        }
    }

    /** Removes what is in the queue now; it counts as done. */
    void clear() {
        for (int left = ring.size(); left > 0; left--) {
            byte[] element = attempt(0);
            if (element == null) {
                break;
            }
            waits.taskDone();
        }
        waits.endIfOver();
    }
}
