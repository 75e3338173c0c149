package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.DictCompareBytes;
import dev.procession.manager.proto.DictCompareVersion;
import dev.procession.manager.proto.DictMerge;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictPutIfAbsent;
import dev.procession.manager.proto.DictReplace;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.DictTouch;
import dev.procession.manager.proto.WatchBegin;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.ServerStats;
import dev.procession.manager.wire.MergedSize;
import org.jspecify.annotations.Nullable;

/** How much memory the requests of a dict take. */
final class DictGrowth {

    private DictGrowth() {}

    /** Returns by how many bytes a request would grow a dict; less than 0 if it shrinks it. */
    static long of(DictRequest change, EntryTable entries) {
        return switch (change.getBodyCase()) {
            case PUT -> {
                DictPut put = change.getPut();
                yield growth(entries, put.getKey(), put.getValue(), put.getTimeToLiveNanos());
            }
            case COMPARE_VERSION -> {
                DictCompareVersion compare = change.getCompareVersion();
                ByteString value = compare.hasValue() ? compare.getValue() : null;
                yield growth(entries, compare.getKey(), value, compare.getTimeToLiveNanos());
            }
            case COMPARE_BYTES -> {
                DictCompareBytes compare = change.getCompareBytes();
                ByteString value = compare.hasValue() ? compare.getValue() : null;
                yield growth(entries, compare.getKey(), value, compare.getTimeToLiveNanos());
            }
            case PUT_IF_ABSENT -> {
                DictPutIfAbsent put = change.getPutIfAbsent();
                yield live(entries, put.getKey()) == null
                        ? growth(entries, put.getKey(), put.getValue(), put.getTimeToLiveNanos())
                        : 0;
            }
            case REPLACE -> {
                DictReplace replace = change.getReplace();
                yield live(entries, replace.getKey()) == null
                        ? 0
                        : growth(
                                entries,
                                replace.getKey(),
                                replace.getValue(),
                                replace.getTimeToLiveNanos());
            }
            case MERGE -> {
                DictMerge merge = change.getMerge();
                Entry entry = live(entries, merge.getKey());
                long nanos = merge.getTimeToLiveNanos();
                yield entry == null
                        ? growth(entries, merge.getKey(), merge.getValue(), nanos)
                        : merged(entry, merge.getValue()) + expiry(entry, nanos);
            }
            case PUT_ALL -> {
                DictPutAll put = change.getPutAll();
                long sum = 0;
                int count = Math.min(put.getKeysCount(), put.getValuesCount());
                for (int i = 0; i < count; i++) {
                    long growth =
                            growth(
                                    entries,
                                    put.getKeys(i),
                                    put.getValues(i),
                                    put.getTimeToLiveNanos());
                    sum += Math.max(0, growth);
                }
                yield sum;
            }
            case TOUCH -> {
                DictTouch touch = change.getTouch();
                Entry entry = live(entries, touch.getKey());
                yield entry == null ? 0 : expiry(entry, touch.getTimeToLiveNanos());
            }
            case WATCH_BEGIN -> {
                WatchBegin watch = change.getWatchBegin();
                yield Watchers.cost(watch.hasKey() ? watch.getKey() : null);
            }
            default -> 0;
        };
    }

    /** Returns an entry; null if there is none, or one that has ended and is removed soon. */
    private static @Nullable Entry live(EntryTable entries, ByteString key) {
        Entry entry = entries.get(key);
        return entry == null || entry.hasEnded(System.currentTimeMillis()) ? null : entry;
    }

    /** How much larger a value may become by another one. */
    private static long merged(Entry entry, ByteString value) {
        return HeapBytes.of(MergedSize.most(entry.value, value)) - HeapBytes.of(entry.value);
    }

    /** By how many bytes an entry grows that gets a value; 0 if it is removed instead. */
    private static long growth(
            EntryTable entries, ByteString key, @Nullable ByteString value, long nanos) {
        if (value == null) {
            return 0;
        }
        Entry entry = entries.get(key);
        long bytes =
                entry == null
                        ? ServerStats.ENTRY_BYTES + HeapBytes.of(key) + HeapBytes.of(value)
                        : HeapBytes.of(value) - HeapBytes.of(entry.value);
        return bytes + expiry(entry, nanos);
    }

    /** What it takes that an entry ends, unless that is so already. */
    private static long expiry(@Nullable Entry entry, long nanos) {
        return nanos > 0 && (entry == null || entry.expiry == null) ? ServerStats.EXPIRY_BYTES : 0;
    }
}
