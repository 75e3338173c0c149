package dev.procession.manager.server;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Request;
import java.util.List;
import java.util.function.Consumer;

/** Where the changes of one list go, as the requests that made them; or nowhere. */
interface ListLog {

    /** Keeps nothing. */
    ListLog NONE =
            new ListLog() {
                @Override
                public void load(Consumer<Request> changes) {}

                @Override
                public void append(Request change, List<ByteString> now) {}
            };

    /** Gives the changes since the list was empty. */
    void load(Consumer<Request> changes);

    /** Keeps a change; when there are too many, the list as it is now takes their place. */
    void append(Request change, List<ByteString> now);
}
