package dev.procession.manager.server;

/** Something that clients share. Lives on the server's thread. */
interface SharedObject {

    /** Carries a request out, or keeps it until it can be; each is answered once. */
    void handle(Call call);

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
