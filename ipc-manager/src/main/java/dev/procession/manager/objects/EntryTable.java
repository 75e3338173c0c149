package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.stream.HeapBytes;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a dict by their keys, and in the order in which they were made.
 *
 * <p>It is a linear hash table: it grows and shrinks by one bucket at a time, so no single request
 * pays for all entries. There are between {@code half} and {@code 2 * half} buckets. A key belongs
 * to the bucket that the low bits of its hash name among {@code 2 * half}; while that one does not
 * exist, to the one that lies {@code half} before it. A new bucket, the last one, takes its entries
 * from that one. The buckets lie in segments, as a large array would have to be cleared and copied
 * at once.
 *
 * <p>The hash is random for each table, so that no client can choose keys of one bucket.
 */
final class EntryTable {

    private static final int SEGMENT_BITS = 10;
    private static final int SEGMENT_SIZE = 1 << SEGMENT_BITS;

    /** A power of two. */
    private static final int MIN_BUCKETS = 8;

    private static final int MAX_BUCKETS = 1 << 30;

    /** How many buckets a removal may join; as many as one removal makes superfluous. */
    private static final int JOINS = 4;

    private static final long PRIME = (1L << 61) - 1;

    /** The point at which a key's polynomial is computed. */
    private final long base = ThreadLocalRandom.current().nextLong(1L << 32, PRIME);

    private Entry[][] segments = {new Entry[MIN_BUCKETS]};

    /** A power of two. */
    private int half = MIN_BUCKETS / 2;

    private int buckets = MIN_BUCKETS;
    private int size;
    private long bytes;
    private @Nullable Entry first;
    private @Nullable Entry last;

    int size() {
        return size;
    }

    /** What all keys and values take. */
    long bytes() {
        return bytes;
    }

    /** The entry that was made first; the others follow by {@link Entry#after}. */
    @Nullable Entry first() {
        return first;
    }

    @Nullable Entry get(ByteString key) {
        int hash = hash(key);
        Entry entry = bucket(place(hash));
        while (entry != null && !entry.has(hash, key)) {
            entry = entry.next;
        }
        return entry;
    }

    boolean has(ByteString key) {
        return get(key) != null;
    }

    /**
     * Adds an entry, whose key must not be there.
     *
     * @param made greater than those of all entries
     */
    Entry add(ByteString key, ByteString value, long made) {
        growIfFull();
        Entry entry = new Entry(key.toByteArray(), hash(key), value, made);
        int place = place(entry.hash);
        entry.next = bucket(place);
        setBucket(place, entry);
        entry.before = last;
        if (last == null) {
            first = entry;
        } else {
            last.after = entry;
        }
        last = entry;
        size++;
        bytes += entry.bytes();
        return entry;
    }

    /** Gives an entry another value. */
    void change(Entry entry, ByteString value, long version) {
        bytes += HeapBytes.of(value) - HeapBytes.of(entry.value);
        entry.value = value;
        entry.version = version;
    }

    /** Removes an entry, which must be there. */
    void remove(Entry entry) {
        int place = place(entry.hash);
        Entry other = bucket(place);
        if (other == entry) {
            setBucket(place, entry.next);
        } else {
            while (other.next != entry) {
                other = other.next;
            }
            other.next = entry.next;
        }
        if (entry.before == null) {
            first = entry.after;
        } else {
            entry.before.after = entry.after;
        }
        if (entry.after == null) {
            last = entry.before;
        } else {
            entry.after.before = entry.before;
        }
        entry.next = null; // whoever keeps it keeps no others
        entry.before = null;
        entry.after = null;
        size--;
        bytes -= entry.bytes();
        shrinkIfEmpty();
    }

    private int place(int hash) {
        int place = hash & (2 * half - 1);
        return place < buckets ? place : place - half;
    }

    private @Nullable Entry bucket(int place) {
        return segments[place >>> SEGMENT_BITS][place & (SEGMENT_SIZE - 1)];
    }

    private void setBucket(int place, @Nullable Entry entry) {
        segments[place >>> SEGMENT_BITS][place & (SEGMENT_SIZE - 1)] = entry;
    }

    private void growIfFull() {
        if (size < buckets - (buckets >>> 2) || buckets == MAX_BUCKETS) {
            return;
        }
        if (buckets == 2 * half) {
            half = buckets;
        }
        makeRoom(buckets);
        int split = buckets - half;
        Entry entry = bucket(split);
        setBucket(split, null);
        buckets++;
        while (entry != null) {
            Entry next = entry.next;
            int place = place(entry.hash);
            entry.next = bucket(place);
            setBucket(place, entry);
            entry = next;
        }
    }

    /** Makes the array that has a bucket; the first one is small for a small dict. */
    private void makeRoom(int place) {
        int segment = place >>> SEGMENT_BITS;
        if (segment == 0) {
            if (place == segments[0].length) {
                segments[0] = Arrays.copyOf(segments[0], 2 * place);
            }
            return;
        }
        if (segment == segments.length) {
            segments = Arrays.copyOf(segments, 2 * segment);
        }
        if (segments[segment] == null) {
            segments[segment] = new Entry[SEGMENT_SIZE];
        }
    }

    private void shrinkIfEmpty() {
        for (int i = 0; i < JOINS && size < buckets >>> 2 && buckets > MIN_BUCKETS; i++) {
            joinLastBucket();
        }
    }

    private void joinLastBucket() {
        int place = --buckets;
        Entry entry = bucket(place);
        setBucket(place, null);
        while (entry != null) {
            Entry next = entry.next;
            entry.next = bucket(place - half);
            setBucket(place - half, entry);
            entry = next;
        }
        if (place >= SEGMENT_SIZE && (place & (SEGMENT_SIZE - 1)) == 0) {
            segments[place >>> SEGMENT_BITS] = null;
        }
        if (buckets == half) {
            half >>>= 1;
        }
    }

    /** The key's bytes as a polynomial at a random point, modulo a prime. */
    private int hash(ByteString key) {
        int length = key.size();
        long hash = times(length + 1L);
        int i = 0;
        for (; i + Integer.BYTES <= length; i += Integer.BYTES) {
            long part =
                    (key.byteAt(i) & 0xffL)
                            | (key.byteAt(i + 1) & 0xffL) << 8
                            | (key.byteAt(i + 2) & 0xffL) << 16
                            | (key.byteAt(i + 3) & 0xffL) << 24;
            hash = times(hash + part);
        }
        for (; i < length; i++) {
            hash = times(hash + (key.byteAt(i) & 0xffL));
        }
        return (int) hash;
    }

    /** The product with the base, modulo the prime; the number is below 2^62. */
    private long times(long number) {
        long low = number * base;
        long high = Math.multiplyHigh(number, base);
        long sum = (low & PRIME) + (low >>> 61 | high << 3);
        return (sum & PRIME) + (sum >>> 61);
    }
}
