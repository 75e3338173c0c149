package dev.procession.queue;

import dev.procession.core.time.Timeout;
import dev.procession.queue.ring.QueueLayout;
import dev.procession.queue.ring.QueueLeases;
import dev.procession.queue.ring.QueueReader;
import dev.procession.queue.ring.QueueSpillName;
import dev.procession.queue.ring.TwoLockRing;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the elements of a queue without taking them, and removes elements at any position.
 * Thread-safe. Waits for nothing but the consumers' lock.
 */
final class QueueContent {

    private final TwoLockRing ring;
    private final QueueReader reader;
    private final QueueLeases leases;
    private final QueueSpillFiles files;
    private final QueueWaits waits;

    QueueContent(TwoLockRing ring, QueueSpillFiles files, QueueWaits waits) {
        this.ring = ring;
        this.reader = ring.reader();
        this.leases = ring.leases();
        this.files = files;
        this.waits = waits;
    }

    /** Returns the oldest element, which stays in the queue; null if there is none. */
    byte @Nullable [] peek() {
        if (ring.isEmpty()) {
            return null;
        }
        byte[] payload;
        QueueSpillName spill = null;
        InputStream file = null;
        reader.lock(Timeout.FOREVER);
        try {
            boolean found = reader.next();
            int returned = reader.returned();
            if (returned >= 0) {
                QueueSpillName name = leases.file(returned);
                return QueueSpillFiles.readWhole(name, files.openLease(name));
            }
            if (!found) {
                return null;
            }
            payload = reader.payload();
            if (reader.kind() == QueueLayout.SPILLED) {
                spill = QueueSpillName.of(payload);
                file = files.open(spill);
            }
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            reader.unlock();
        }
        return spill == null ? payload : QueueSpillFiles.readWhole(spill, file);
    }

    /** Returns all elements, as they were at one moment. */
    List<QueueEntry> entries() {
        List<QueueEntry> entries = new ArrayList<>();
        if (ring.isEmpty()) {
            return entries;
        }
        reader.lock(Timeout.FOREVER);
        try {
            boolean found = reader.next();
            for (int lease = 0; leases.isUsed() && lease < QueueLayout.LEASE_COUNT; lease++) {
                if (leases.isReturned(lease)) {
                    byte[] name = leases.file(lease).toPayload();
                    entries.add(new QueueEntry(lease, QueueLayout.RETURNED, name));
                }
            }
            for (; found; found = reader.following()) {
                entries.add(new QueueEntry(reader.offset(), reader.kind(), reader.payload()));
            }
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            reader.unlock();
        }
        return entries;
    }

    /** Returns the element of an entry; null if its spill file is gone, because it was taken. */
    byte @Nullable [] element(QueueEntry entry) {
        if (entry.kind() == QueueLayout.INLINE) {
            return entry.payload();
        }
        QueueSpillName spill = QueueSpillName.of(entry.payload());
        try {
            if (entry.kind() == QueueLayout.RETURNED) {
                return QueueSpillFiles.readWhole(spill, files.openLease(spill));
            }
            InputStream file = files.open(spill);
            return file == null ? null : QueueSpillFiles.readWhole(spill, file);
        } catch (IOException e) {
            throw new QueueException("a spill file could not be read: " + spill, e);
        }
    }

    /** Removes the element of an entry; false if it is not in the queue any more. */
    boolean remove(QueueEntry entry) {
        boolean found = false;
        reader.lock(Timeout.FOREVER);
        try {
            found = reader.next();
            if (entry.kind() == QueueLayout.RETURNED) {
                found = removeReturned(entry);
            } else {
                while (found && reader.offset() != entry.offset()) {
                    found = reader.following();
                }
                // The same place, and the same element: the ring may have been filled again since.
                found =
                        found
                                && reader.kind() == entry.kind()
                                && Arrays.equals(reader.payload(), entry.payload());
                if (found) {
                    reader.remove();
                }
            }
        } catch (IOException e) {
            throw QueueException.corrupt(ring.segment().path(), e);
        } finally {
            reader.unlock();
        }
        if (found) {
            if (entry.kind() == QueueLayout.SPILLED) {
                files.discard(QueueSpillName.of(entry.payload()));
            }
            waits.afterTake();
            waits.wakeIfIdle();
        }
        return found;
    }

    private boolean removeReturned(QueueEntry entry) throws IOException {
        int lease = (int) entry.offset();
        QueueSpillName name = QueueSpillName.of(entry.payload());
        if (!leases.file(lease).equals(name) || !leases.take(lease)) {
            return false;
        }
        files.deleteLease(name);
        return true;
    }
}
