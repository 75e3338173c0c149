package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.wire.Bulk;
import dev.procession.manager.wire.Unconfirmed;

/** Puts many entries by as few requests as may be; other processes' requests go between them. */
final class PutBatches {

    /** About how many bytes a request has. */
    private static final long BATCH_BYTES = 1 << 20;

    /** The most bytes that an entry takes in a message beside its key and its value. */
    private static final long ENTRY_BYTES = 16;

    private final Remote remote;
    private final DictPutAll.Builder batch;
    private final long maxBytes;
    private final long maxHeapBytes;
    private long bytes;
    private long heapBytes;
    private long fresh;

    /**
     * Begins without entries.
     *
     * @param batch says how they are put
     */
    PutBatches(Remote remote, DictPutAll.Builder batch) {
        this.remote = remote;
        this.batch = batch;
        this.maxBytes = Math.min(BATCH_BYTES, remote.client().maxMessageBytes() / 2);
        this.maxHeapBytes = Bulk.maxHeapBytes(remote.client().maxMessageBytes());
    }

    void add(ByteString key, ByteString value) {
        long size = (long) key.size() + value.size() + ENTRY_BYTES;
        int count = batch.getKeysCount();
        long heap = (long) key.size() + value.size() + 2 * Unconfirmed.VALUE_BYTES;
        boolean fits = bytes + size <= maxBytes && heapBytes + heap <= maxHeapBytes;
        if (count == Bulk.MAX_ENTRIES || (count > 0 && !fits)) {
            send();
        }
        batch.addKeys(key).addValues(value);
        bytes += size;
        heapBytes += heap;
    }

    /** Puts what was not put yet; returns how many keys were not there before. */
    long finish() {
        if (batch.getKeysCount() > 0) {
            send();
        }
        return fresh;
    }

    private void send() {
        fresh +=
                remote.call(remote.request().setDict(DictRequest.newBuilder().setPutAll(batch)))
                        .getCount();
        batch.clearKeys().clearValues();
        bytes = 0;
        heapBytes = 0;
    }
}
