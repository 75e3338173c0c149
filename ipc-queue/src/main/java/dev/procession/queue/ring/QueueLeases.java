package dev.procession.queue.ring;

import dev.procession.core.memory.DeathProbe;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * The leases of a queue: elements that were taken, and can be returned until their takers
 * acknowledge them.
 *
 * <p>An entry of {@link QueueLayout#LEASE_COUNT}, five words each:
 *
 * <pre>
 *   OWNER    63..2 member     1..0 state: 0 free, 1 held, 2 returned
 *   PLACE    HEAD when the lease was prepared
 *   BYTES, MEMBER, NUMBER     the spill file with the element, see {@link QueueSpillName}
 * </pre>
 *
 * <p>A lease is prepared under the consumers' lock, with the element in a spill file of its own,
 * and the store of HEAD that takes the element makes it valid. While HEAD is still at PLACE the
 * lease is not valid, and the next holder of the lock drops it. Each later change is one
 * compare-and-set of OWNER.
 *
 * <table>
 * <caption>Prefixes of the operations</caption>
 * <tr><th>killed</th><th>left in memory</th><th>what other processes see</th></tr>
 * <tr><td>after the file is written</td><td>a file that no entry names</td><td>nothing; the file is swept</td>
 *     </tr>
 * <tr><td>after OWNER, before HEAD</td><td>an entry whose PLACE is HEAD</td><td>the element is
 *     still in the queue; the entry is dropped</td></tr>
 * <tr><td>after HEAD, before it is acknowledged</td><td>a held entry</td><td>the element is
 *     returned when the death is proven</td></tr>
 * <tr><td>after it is acknowledged, before the file is removed</td><td>a file that no entry
 *     names</td><td>nothing; the file is swept</td></tr>
 * </table>
 */
public final class QueueLeases {

    private static final int STATE_BITS = 2;
    private static final long STATE_MASK = 3;
    private static final long HELD = 1;
    private static final long RETURNED = 2;
    private static final long FLIP = 1;

    private final ByteBuffer memory;
    private final long self;
    private final DeathProbe probe;

    QueueLeases(ByteBuffer memory, long self, DeathProbe probe) {
        this.memory = memory;
        this.self = self;
        this.probe = probe;
    }

    /** True if an element of this queue was ever leased. */
    public boolean isUsed() {
        return (Words.getAcquire(memory, QueueLayout.STATE) & QueueLayout.LEASES_BIT) != 0;
    }

    private long owner(int lease) {
        return Words.getVolatile(memory, QueueLayout.lease(lease));
    }

    private long held(long member) {
        return member << STATE_BITS | HELD;
    }

    /**
     * Drops leases that were prepared by processes that died before they took the element; under
     * the consumers' lock.
     */
    void dropUncommitted() {
        long head = Words.getAcquire(memory, QueueLayout.HEAD);
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            long owner = owner(lease);
            if ((owner & STATE_MASK) == HELD
                    && ((memory.getLong(QueueLayout.lease(lease) + Long.BYTES) ^ head) & ~FLIP)
                            == 0) {
                Words.setVolatile(memory, QueueLayout.lease(lease), 0);
            }
        }
    }

    /**
     * Prepares a lease of the oldest element, which the caller then takes; under the consumers'
     * lock.
     *
     * @param file the spill file with the element
     * @return the lease, or -1 if all leases are in use
     */
    public int prepare(QueueSpillName file) {
        Words.getAndSetBits(memory, QueueLayout.STATE, QueueLayout.LEASES_BIT);
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            if (owner(lease) == 0) {
                int word = QueueLayout.lease(lease);
                memory.putLong(word + 8, Words.getAcquire(memory, QueueLayout.HEAD));
                memory.putLong(word + 16, file.bytes());
                memory.putLong(word + 24, file.member());
                memory.putLong(word + 32, file.number());
                Words.setVolatile(memory, word, held(self));
                return lease;
            }
        }
        return -1;
    }

    /** Returns the spill file with the element. */
    public QueueSpillName file(int lease) {
        int word = QueueLayout.lease(lease);
        return new QueueSpillName(
                memory.getLong(word + 16), memory.getLong(word + 24), memory.getLong(word + 32));
    }

    /**
     * Returns the lease of the returned element that was put first, or -1; under the consumers'
     * lock.
     */
    public int oldestReturned() {
        long head = Words.getAcquire(memory, QueueLayout.HEAD);
        int oldest = -1;
        int age = 0;
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            if (owner(lease) == RETURNED) {
                long place = memory.getLong(QueueLayout.lease(lease) + Long.BYTES);
                int since = QueueLayout.count(head) - QueueLayout.count(place);
                if (oldest < 0 || since > age) {
                    oldest = lease;
                    age = since;
                }
            }
        }
        return oldest;
    }

    /**
     * Returns the member that holds a lease, dead or alive; 0 if none does. A lease whose element
     * is still in the queue is not valid yet, and nobody holds it.
     */
    long holder(int lease) {
        long owner = owner(lease);
        long place = memory.getLong(QueueLayout.lease(lease) + Long.BYTES);
        boolean valid = ((place ^ Words.getAcquire(memory, QueueLayout.HEAD)) & ~FLIP) != 0;
        return (owner & STATE_MASK) == HELD && valid ? owner >>> STATE_BITS : 0;
    }

    /** True if the element of this lease was returned. */
    public boolean isReturned(int lease) {
        return owner(lease) == RETURNED;
    }

    /** Returns the number of returned elements that were not taken again. */
    public int returned() {
        if (!isUsed()) {
            return 0;
        }
        int count = 0;
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            count += owner(lease) == RETURNED ? 1 : 0;
        }
        return count;
    }

    /** True if a process, dead or alive, holds a lease. */
    public boolean isAnyHeld() {
        if (isUsed()) {
            for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
                if ((owner(lease) & STATE_MASK) == HELD) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns the number of leases that processes, dead or alive, hold. */
    int held() {
        if (!isUsed()) {
            return 0;
        }
        int count = 0;
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            count += (owner(lease) & STATE_MASK) == HELD ? 1 : 0;
        }
        return count;
    }

    /** Takes a returned element for good. */
    public boolean take(int lease) {
        return Words.compareAndSet(memory, QueueLayout.lease(lease), RETURNED, 0);
    }

    /** Leases a returned element again. */
    public boolean hold(int lease) {
        return Words.compareAndSet(memory, QueueLayout.lease(lease), RETURNED, held(self));
    }

    /** Ends a lease of this process: the element is done. */
    public boolean acknowledge(int lease) {
        return Words.compareAndSet(memory, QueueLayout.lease(lease), held(self), 0);
    }

    /** Ends a lease of this process: the element is returned to the queue. */
    public boolean giveBack(int lease) {
        return Words.compareAndSet(memory, QueueLayout.lease(lease), held(self), RETURNED);
    }

    /**
     * Returns the elements that dead members have leased to the queue; under the consumers' lock.
     */
    public void returnLeasesOfDeadMembers() throws IOException {
        Set<Long> dead = new HashSet<>();
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            long owner = owner(lease);
            long member = owner >>> STATE_BITS;
            if ((owner & STATE_MASK) == HELD
                    && member != self
                    && !dead.contains(member)
                    && probe.isDead(member)) {
                dead.add(member);
            }
        }
        if (!dead.isEmpty()) {
            dropUncommitted();
        }
        for (long member : dead) {
            for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
                Words.compareAndSet(memory, QueueLayout.lease(lease), held(member), RETURNED);
            }
        }
    }

    /** Returns the names of the spill files of all leases. */
    static Set<String> files(ByteBuffer memory, String queue) {
        QueueLeases leases = new QueueLeases(memory, 0, member -> false);
        Set<String> names = new HashSet<>();
        for (int lease = 0; lease < QueueLayout.LEASE_COUNT; lease++) {
            if (leases.owner(lease) != 0) {
                names.add(leases.file(lease).leaseFileName(queue));
            }
        }
        return names;
    }
}
