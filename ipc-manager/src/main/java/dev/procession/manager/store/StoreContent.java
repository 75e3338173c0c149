package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import java.util.List;
import java.util.Map;

/**
 * What a compaction keeps of a store.
 *
 * @param end the position in the file up to which it looks
 * @param epoch the server's
 * @param sync whether each commit is to reach the disk
 * @param objects the objects that are not empty, by their numbers
 * @param lists the content of those that are lists, at that position
 * @param loadedEnd where the batches ended when the server was started
 * @param loadedAt entries before that position which ended before this time were not loaded
 */
record StoreContent(
        long end,
        long epoch,
        boolean sync,
        Map<Integer, StoreContent.Name> objects,
        Map<Integer, List<ByteString>> lists,
        long loadedEnd,
        long loadedAt) {

    /** The kind and name of an object. */
    record Name(Kind kind, ByteString name) {}
}
