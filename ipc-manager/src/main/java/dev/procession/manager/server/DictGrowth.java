package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.DictCompareBytes;
import dev.procession.manager.proto.DictCompareVersion;
import dev.procession.manager.proto.DictMerge;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictPutIfAbsent;
import dev.procession.manager.proto.DictReplace;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.WatchBegin;
import dev.procession.manager.wire.Bulk;

/** How much memory the requests of a dict take. */
final class DictGrowth {

    private DictGrowth() {}

    /** Returns by how many bytes a request would grow a dict; less than 0 if it shrinks it. */
    static long of(DictRequest change, EntryTable entries) {
        return switch (change.getBodyCase()) {
            case PUT -> growth(entries, change.getPut().getKey(), change.getPut().getValue());
            case COMPARE_VERSION -> {
                DictCompareVersion compare = change.getCompareVersion();
                yield compare.hasValue()
                        ? growth(entries, compare.getKey(), compare.getValue())
                        : 0;
            }
            case COMPARE_BYTES -> {
                DictCompareBytes compare = change.getCompareBytes();
                yield compare.hasValue()
                        ? growth(entries, compare.getKey(), compare.getValue())
                        : 0;
            }
            case PUT_IF_ABSENT -> {
                DictPutIfAbsent put = change.getPutIfAbsent();
                yield entries.has(put.getKey()) ? 0 : growth(entries, put.getKey(), put.getValue());
            }
            case REPLACE -> {
                DictReplace replace = change.getReplace();
                yield entries.has(replace.getKey())
                        ? growth(entries, replace.getKey(), replace.getValue())
                        : 0;
            }
            case MERGE -> {
                DictMerge merge = change.getMerge();
                yield entries.has(merge.getKey())
                        ? merge.getValue().size()
                        : growth(entries, merge.getKey(), merge.getValue());
            }
            case PUT_ALL -> {
                DictPutAll put = change.getPutAll();
                long sum = 0;
                int count = Math.min(put.getKeysCount(), put.getValuesCount());
                count = Math.min(count, Bulk.MAX_ENTRIES); // a larger one is refused
                for (int i = 0; i < count; i++) {
                    sum += Math.max(0, growth(entries, put.getKeys(i), put.getValues(i)));
                }
                yield sum;
            }
            case WATCH_BEGIN -> {
                WatchBegin watch = change.getWatchBegin();
                yield Watchers.cost(watch.hasKey() ? watch.getKey() : null);
            }
            default -> 0;
        };
    }

    private static long growth(EntryTable entries, ByteString key, ByteString value) {
        Entry entry = entries.get(key);
        return entry == null
                ? ServerStats.ENTRY_BYTES + key.size() + value.size()
                : (long) value.size() - entry.value.size();
    }
}
