package dev.procession.manager.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.procession.manager.proto.Figures;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Unconfirmed;

/** Counts what the server has done, and what it stores. Written by its thread, read by any. */
public final class ServerStats implements ServerStatsMXBean {

    /*
     * What content takes beside its bytes. Measured with a million of each, with values of 22 and
     * of 100 bytes, in the heap of JDK 17 with compressed references (half as much again without):
     * an entry 122 to 124 bytes, 64 more if it ends; an element of a queue 132 to 134, of a list 48
     * to 50 in full chunks.
     */

    /** An entry of a dict, or an element of a queue. */
    public static final long ENTRY_BYTES = 136;

    /** That an entry ends. */
    public static final long EXPIRY_BYTES = 64;

    /** An element of a list. */
    public static final long ELEMENT_BYTES = 56;

    /** About how many bytes an answer or event takes beside its content. */
    public static final long MESSAGE_BYTES = Unconfirmed.ANSWER_BYTES;

    /** A value of a message that may have many. */
    public static final long VALUE_BYTES = Unconfirmed.VALUE_BYTES;

    /** About how many bytes a request that waits takes beside its content. */
    static final long CALL_BYTES = 512;

    private volatile long operations;
    private volatile long waiting;
    private volatile long bytes;
    private volatile long overheadBytes;
    private volatile long waitingBytes;
    private volatile long oldContent;
    private volatile long connections;
    private volatile long clients;
    private volatile long endedClients;
    private volatile long failures;
    private volatile long keptBytes;
    private volatile long queuedBytes;
    private volatile long eventBytes;
    private volatile long watchBytes;
    private volatile long polledBytes;
    private volatile long objectBytes;

    /** How much memory an answer takes that its client has not read or not confirmed. */
    static long costOfUnread(Response answer) {
        if (answer.getValuesCount() == 0 && answer.getKeysCount() == 0) {
            return costOfUnread((MessageLite) answer);
        }
        long values = (long) answer.getValuesCount() + answer.getKeysCount();
        long bytes = MESSAGE_BYTES + VALUE_BYTES * values + answer.getSerializedSize();
        for (ByteString value : answer.getValuesList()) {
            bytes += HeapBytes.of(value) - value.size();
        }
        return bytes;
    }

    /** How much memory an answer or an event takes that its client has not read. */
    static long costOfUnread(MessageLite message) {
        return MESSAGE_BYTES + HeapBytes.of(message.getSerializedSize());
    }

    // One thread writes, so a separate read and write loses nothing.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void operation() {
        operations++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void waiting(int more, long moreBytes) {
        waiting += more;
        waitingBytes += moreBytes;
    }

    /** Counts answers that were sent and are not confirmed. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void kept(long moreBytes) {
        keptBytes += moreBytes;
    }

    /** Counts requests that were read and wait until their client has read its answers. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void queued(long moreBytes) {
        queuedBytes += moreBytes;
    }

    /** Counts events that were written and are not read. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void events(long moreBytes) {
        eventBytes += moreBytes;
    }

    long keptBytes() {
        return keptBytes;
    }

    long queuedBytes() {
        return queuedBytes;
    }

    long eventBytes() {
        return eventBytes;
    }

    /** Bytes of requests that wait for others. */
    public long parkedBytes() {
        return waitingBytes;
    }

    /** All bytes that are stored, with those that are needed to find them. */
    public long stored() {
        return bytes
                + overheadBytes
                + waitingBytes
                + oldContent
                + watchBytes
                + polledBytes
                + objectBytes;
    }

    /** Counts objects that were made or forgotten, with their names. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void objects(long moreBytes) {
        objectBytes += moreBytes;
    }

    /** Counts content that has changed or gone, and that iterations or events keep. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void oldContent(long moreBytes) {
        oldContent += moreBytes;
    }

    /** Of the stored bytes, those of content that has changed or gone. */
    public long oldContent() {
        return oldContent;
    }

    /** Counts watches, with their keys. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void watches(long moreBytes) {
        watchBytes += moreBytes;
    }

    /** Counts what is kept of elements that were polled. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void polled(long moreBytes) {
        polledBytes += moreBytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void bytes(long more) {
        bytes += more;
    }

    /** Counts entries, or elements of queues, that were added or removed, and their bytes. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void entries(int more, long moreBytes) {
        overheadBytes += more * ENTRY_BYTES;
        bytes += moreBytes;
    }

    /** Counts elements of lists that were added or removed, and their bytes. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void listElements(int more, long moreBytes) {
        overheadBytes += more * ELEMENT_BYTES;
        bytes += moreBytes;
    }

    /** Counts entries that were given an end, or have none any more. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void expiries(int more) {
        overheadBytes += more * EXPIRY_BYTES;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void connections(int more) {
        connections += more;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void clientCame() {
        clients++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void clientEnded() {
        clients--;
        endedClients++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void failure() {
        failures++;
    }

    @Override
    public long getFailures() {
        return failures;
    }

    @Override
    public long getOperations() {
        return operations;
    }

    @Override
    public long getWaitingRequests() {
        return waiting;
    }

    @Override
    public long getBytes() {
        return bytes;
    }

    @Override
    public long getConnections() {
        return connections;
    }

    @Override
    public long getClients() {
        return clients;
    }

    @Override
    public long getEndedClients() {
        return endedClients;
    }

    /**
     * Returns the figures that a client asks for.
     *
     * @param objects how many objects there are
     * @param maxBytes how many bytes may be stored
     */
    public Figures figures(long objects, long maxBytes) {
        return Figures.newBuilder()
                .setOperations(operations)
                .setWaiting(waiting)
                .setBytes(bytes)
                .setConnections(connections)
                .setClients(clients)
                .setEndedClients(endedClients)
                .setFailures(failures)
                .setObjects(objects)
                .setMaxBytes(maxBytes)
                .setPid(ProcessHandle.current().pid())
                .build();
    }
}
