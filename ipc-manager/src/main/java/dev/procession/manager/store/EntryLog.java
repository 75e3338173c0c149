package dev.procession.manager.store;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** Keeps the changes of one dict, so that they survive the server. */
public interface EntryLog {

    /** Keeps nothing. */
    EntryLog NONE =
            new EntryLog() {
                @Override
                public void put(
                        ByteString key, ByteString value, long endsAt, @Nullable ByteString old) {}

                @Override
                public void remove(ByteString key, ByteString old) {}

                @Override
                public void clear() {}

                @Override
                public void forgotten() {}
            };

    /**
     * Keeps an entry.
     *
     * @param endsAt when it expires, in milliseconds since the epoch; 0 for never
     * @param old the value whose place it takes; null if there was no entry with this key
     */
    void put(ByteString key, ByteString value, long endsAt, @Nullable ByteString old);

    /**
     * Keeps the removal of an entry.
     *
     * @param old its value
     */
    void remove(ByteString key, ByteString old);

    /** Keeps the removal of all entries. */
    void clear();

    /** The dict is empty, and the server forgets it. */
    void forgotten();
}
