package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.procession.manager.stream.HeapBytes;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a dict. It has its own links in the table and in the list of all entries, and its
 * key is an array, because there may be ten million entries: with small keys and values these
 * fields are most of the memory that a server takes.
 */
final class Entry {

    private final byte[] key;

    /** The hash of the key. */
    final int hash;

    /** Its position in the order in which the entries were made. */
    final long made;

    ByteString value;

    /** The number of the change that gave it this value; never zero, and unique in a dict. */
    long version;

    /** When it ends; null if it lives for ever. */
    @Nullable Expiry expiry;

    /** The next entry of its bucket. */
    @Nullable Entry next;

    @Nullable Entry before;
    @Nullable Entry after;

    Entry(byte[] key, int hash, ByteString value, long made) {
        this.key = key;
        this.hash = hash;
        this.value = value;
        this.made = made;
        this.version = made;
    }

    /** Returns the key without copying it. */
    ByteString key() {
        return UnsafeByteOperations.unsafeWrap(key);
    }

    boolean has(int otherHash, ByteString otherKey) {
        return hash == otherHash && key.length == otherKey.size() && key().equals(otherKey);
    }

    /** What its key and value take. */
    long bytes() {
        return HeapBytes.of(key.length) + HeapBytes.of(value);
    }

    /** When it ends, in milliseconds since the epoch; 0 for never. */
    long endsAt() {
        return expiry == null ? 0 : expiry.endsAt();
    }

    boolean hasEnded(long now) {
        return expiry != null && expiry.endsAt() <= now;
    }
}
