package dev.procession.manager.server;

import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;

/** Something that clients share. Lives on the server's thread. */
interface SharedObject {

    /** Carries a request out, or keeps it until it can be; each is answered once. */
    void handle(Call call);

    /**
     * How many bytes more there would be after a request, {@link ServerStats#ENTRY_BYTES} for each
     * entry included; asked before the request is carried out.
     */
    default long growth(Request request) {
        return 0;
    }

    /**
     * Takes back what a request was granted: its caller gave up before it had the answer. What
     * others have got hold of meanwhile stays theirs.
     */
    default void undo(Call call, Response answer) {}

    /** The kernel says that a client is dead, or it said goodbye: what it holds here is free. */
    default void clientEnded(Client client) {}

    /** Refuses an operation that this kind of object does not have. */
    static void refuse(Call call) {
        call.refuse(
                "no such operation: kind="
                        + call.request().getKind()
                        + ", operation="
                        + call.request().getOperation());
    }
}
