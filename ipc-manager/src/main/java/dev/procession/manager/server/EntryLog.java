package dev.procession.manager.server;

import com.google.protobuf.ByteString;

/** Where the changes of one dict go, so that they survive the server; or nowhere. */
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

    /** Takes what was kept. */
    interface Loader {
        /** An entry. */
        void entry(ByteString key, ByteString value, long endsAt);
    }

    void load(Loader loader);

    void put(ByteString key, ByteString value, long endsAt);

    void remove(ByteString key);

    void clear();
}
