package dev.procession.manager.server;

import com.google.protobuf.ByteString;

/** Keeps the changes of one dict, so that they survive the server. */
interface EntryLog {

    /** Keeps nothing. */
    EntryLog NONE =
            new EntryLog() {
                @Override
                public void load(Loader loader) {}

                @Override
                public void put(ByteString key, ByteString value, long endsAt) {}

                @Override
                public void remove(ByteString key) {}

                @Override
                public void clear() {}
            };

    /** Receives the kept entries. */
    interface Loader {
        /** Receives one entry. */
        void entry(ByteString key, ByteString value, long endsAt);
    }

    void load(Loader loader);

    void put(ByteString key, ByteString value, long endsAt);

    void remove(ByteString key);

    void clear();
}
