package dev.procession.queue.ring;

import dev.procession.core.life.DirectoryLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The payload of the record of a large element: it names the spill file with the element.
 *
 * <pre>
 *   0 long bytes of the element     8 long member that wrote the file     16 long number of the file
 * </pre>
 *
 * @param bytes the length of the element
 * @param member the member that wrote the file
 * @param number the file's number among those of the member; negative if it is in the spare
 *     directory
 */
public record QueueSpillName(long bytes, long member, long number) {

    /**
     * Returns the name of the spill file, in the directory of the queue's segment or in the spare
     * one.
     */
    public String fileName(String queue) {
        return DirectoryLayout.queueSpill(queue, member, Math.abs(number));
    }

    /** Returns the name of the spill file of a leased element. */
    public String leaseFileName(String queue) {
        return DirectoryLayout.queueLease(queue, member, Math.abs(number));
    }

    /** Returns the payload of a record. */
    public byte[] toPayload() {
        byte[] payload = new byte[QueueLayout.SPILLED_BYTES];
        ByteBuffer.wrap(payload)
                .order(ByteOrder.nativeOrder())
                .putLong(bytes)
                .putLong(member)
                .putLong(number);
        return payload;
    }

    /** Reads the payload of a record. */
    public static QueueSpillName of(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
        return new QueueSpillName(in.getLong(), in.getLong(), in.getLong());
    }
}
