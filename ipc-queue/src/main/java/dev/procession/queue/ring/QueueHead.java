package dev.procession.queue.ring;

import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The words of a queue before its records, read from its file by a process that does not use the
 * queue. They are read, not mapped: a file that somebody truncates gives a short read and no fatal
 * signal, and no mapping stays until it is collected. Nothing is written, and no lock is taken.
 *
 * <p>The words change while they are read. So they are read again until the positions are the same
 * twice: then all of them were valid at the moment between. If they never are, the last read
 * counts, and the figures are kept within what is possible. Used by one thread at a time, and again
 * for other queues.
 */
final class QueueHead {

    private static final int TRIES = 8;

    /** The words that must be the same twice. */
    private static final int[] POSITIONS = {
        QueueLayout.TAIL, QueueLayout.HEAD, QueueLayout.REMOVED
    };

    private final byte[] bytes = new byte[QueueLayout.DATA];
    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(QueueLayout.DATA).order(ByteOrder.nativeOrder());
    private final QueueLeases leases = new QueueLeases(memory, 0, member -> false);
    private QueueShape shape = QueueShape.of(1, 1);

    /**
     * Reads a file.
     *
     * @return false if it is no queue, or not a whole one, or of another version
     * @throws IOException if it cannot be read; it is gone, say
     */
    boolean read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        // Not a channel, which an interrupt of the calling thread would close.
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long length = in.length();
            if (length < QueueLayout.DATA) {
                return false;
            }
            readWords(in);
            QueueShape found = QueueShape.readIfSound(memory, length);
            if (found == null || !Segment.isWhole(memory, SegmentKind.QUEUE, length)) {
                return false;
            }
            shape = found;
            return true;
        }
    }

    private void readWords(RandomAccessFile in) throws IOException {
        long[] before = {};
        for (int attempt = 0; attempt < TRIES; attempt++) {
            in.seek(0);
            in.readFully(bytes);
            memory.put(0, bytes);
            long[] now = Arrays.stream(POSITIONS).mapToLong(memory::getLong).toArray();
            if (Arrays.equals(now, before)) {
                return;
            }
            before = now;
        }
    }

    /** Returns the queue's sizes. */
    QueueShape shape() {
        return shape;
    }

    /** Returns the leases, which only are to be read. */
    QueueLeases leases() {
        return leases;
    }

    /** Returns the number of elements in the ring, without those that were returned. */
    int size() {
        int size =
                QueueLayout.count(memory.getLong(QueueLayout.TAIL))
                        - QueueLayout.count(memory.getLong(QueueLayout.HEAD))
                        - QueueLayout.count(memory.getLong(QueueLayout.REMOVED));
        return Math.max(0, Math.min(size, shape.capacity()));
    }

    /** Returns the bytes of all elements ever put. */
    long put() {
        int flip = QueueLayout.flip(memory.getLong(QueueLayout.TAIL));
        return memory.getLong(QueueLayout.PUT_BYTES + flip * Long.BYTES);
    }

    /** Returns the bytes of all elements ever taken. */
    long taken() {
        int flip = QueueLayout.flip(memory.getLong(QueueLayout.HEAD));
        return memory.getLong(QueueLayout.TAKEN_BYTES + flip * Long.BYTES);
    }

    /** Returns the bytes of the elements in the ring and in the spill files that it names. */
    long bytes() {
        return size() == 0 ? 0 : Math.max(0, Math.min(put() - taken(), shape.byteBound()));
    }

    boolean isClosed() {
        return (memory.getLong(QueueLayout.STATE) & QueueLayout.CLOSED_BIT) != 0;
    }

    /** Returns the member that owns a slot; 0 if it is free. */
    long owner(int slot) {
        return memory.getLong(QueueLayout.slotOwner(slot));
    }

    /** Whether threads of the process with a slot wait for this. */
    boolean isWaiting(Waiting waiting, int slot) {
        return (memory.getLong(QueueLayout.waiters(waiting, slot)) & 1L << slot) != 0;
    }
}
