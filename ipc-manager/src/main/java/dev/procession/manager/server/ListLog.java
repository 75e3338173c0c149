package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.StoredListChange;
import java.util.List;
import java.util.function.Consumer;

/** Keeps the changes of one list. */
interface ListLog {

    /** Keeps nothing. */
    ListLog NONE =
            new ListLog() {
                @Override
                public void load(Consumer<StoredListChange> changes) {}

                @Override
                public void append(StoredListChange change, List<ByteString> now) {}
            };

    /** Passes on the changes since the list was empty. */
    void load(Consumer<StoredListChange> changes);

    /** Keeps a change; too many changes are replaced by the list as it is now. */
    void append(StoredListChange change, List<ByteString> now);
}
