package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.DictMerge;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.wire.MergedSize;

/** How large the answers of a dict are. */
final class DictAnswers {

    private DictAnswers() {}

    /** Returns how many bytes of keys and values the answer to a request has at most. */
    static long of(DictRequest request, EntryTable entries) {
        return switch (request.getBodyCase()) {
            case GET -> of(request.getGet().getKey(), entries);
            case PUT ->
                    request.getPut().getWithoutOld() ? 0 : of(request.getPut().getKey(), entries);
            case PUT_IF_ABSENT ->
                    request.getPutIfAbsent().getWithoutOld()
                            ? 0
                            : of(request.getPutIfAbsent().getKey(), entries);
            case REMOVE ->
                    request.getRemove().getWithoutOld()
                            ? 0
                            : of(request.getRemove().getKey(), entries);
            case REPLACE -> of(request.getReplace().getKey(), entries);
            case COMPARE_VERSION -> of(request.getCompareVersion().getKey(), entries);
            case COMPARE_BYTES -> of(request.getCompareBytes().getKey(), entries);
            case MERGE -> {
                DictMerge merge = request.getMerge();
                Entry entry = entries.get(merge.getKey());
                yield entry == null
                        ? merge.getValue().size()
                        : MergedSize.most(entry.value, merge.getValue());
            }
            case GET_ALL -> {
                long sum = 0;
                for (ByteString key : request.getGetAll().getKeysList()) {
                    sum += 2 * ServerStats.VALUE_BYTES + key.size() + of(key, entries);
                }
                yield sum;
            }
            case CONTAINS, PUT_ALL, REMOVE_ALL, TOUCH, WATCH_BEGIN, WATCH_END, BODY_NOT_SET -> 0;
        };
    }

    private static long of(ByteString key, EntryTable entries) {
        Entry entry = entries.get(key);
        return entry == null ? 0 : entry.value.size();
    }
}
