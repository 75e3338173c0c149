package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.ServerStats;

/** The key of an entry that has gone, or a value that was replaced. */
final class OldBytes extends OldContent {

    /** What the array and the objects around it take. */
    private static final long OBJECT_BYTES = 72;

    private final ByteString bytes;

    OldBytes(ServerStats stats, ByteString bytes) {
        super(stats, OBJECT_BYTES + HeapBytes.of(bytes));
        this.bytes = bytes;
    }

    ByteString bytes() {
        return bytes;
    }
}
