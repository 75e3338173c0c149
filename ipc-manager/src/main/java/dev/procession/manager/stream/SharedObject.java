package dev.procession.manager.stream;

import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Requests;

/** An object that clients share. Used by the server's thread alone. */
public interface SharedObject {

    /** Carries a request out, or keeps it until it can be carried out. Each is answered once. */
    void handle(Call call);

    /**
     * Returns by how many bytes a request would grow the object, with what {@link ServerStats} says
     * that each entry takes. Called before the request is carried out, for those that {@code
     * Requests.mayGrow} names.
     */
    default long growth(Call call) {
        return 0;
    }

    /**
     * Returns how many bytes of keys and values the answer to a request has at most, if it is
     * carried out now. That of a user's object is not known before.
     */
    default long answerBytes(Request request) {
        return 0;
    }

    /**
     * Takes back the grant of a request whose caller gave up before it had the answer. What other
     * clients got meanwhile stays theirs.
     */
    default void undo(Call call, Response answer) {}

    /**
     * Frees everything that a client holds or awaits here; it is dead, or has closed its manager.
     */
    default void clientEnded(Client client) {}

    /** Refuses a request that this kind of object does not have. */
    static void refuse(Call call) {
        call.refuse(
                "no such request for this kind of object: kind="
                        + call.request().getKind()
                        + ", request="
                        + Requests.name(call.request()));
    }
}
