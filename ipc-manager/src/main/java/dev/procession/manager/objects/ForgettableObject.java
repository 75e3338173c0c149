package dev.procession.manager.objects;

import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayList;
import java.util.List;

/**
 * An object that the server may forget while it is as new, as the next request for it makes it
 * again. Numbers that it has handed out do not come again.
 */
abstract class ForgettableObject implements SharedObject {

    /** The clients whose ends it is to learn of; usually one. */
    private final List<Client> involved = new ArrayList<>(1);

    /**
     * Whether nothing is in it, held, awaited or watched: a request that made it had this state.
     */
    abstract boolean isAsNew();

    /**
     * Whether it is forgotten only where room for others is needed: the request that makes it
     * decides something, which another one may not know, or it is costly to make.
     */
    boolean isKept() {
        return true;
    }

    /** Frees everything that a client holds or awaits here; it has ended. */
    abstract void release(Client client);

    /** Notes that a client holds or awaits something here. */
    final void involve(Client client) {
        if (client.involve(this)) {
            involved.add(client);
        }
    }

    @Override
    public final void clientEnded(Client client) {
        involved.remove(client);
        release(client);
    }

    /** Is called when the server forgets it: nothing keeps it in memory. */
    void forgotten() {
        involved.forEach(client -> client.forget(this));
    }
}
