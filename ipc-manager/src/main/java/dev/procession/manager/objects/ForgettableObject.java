package dev.procession.manager.objects;

import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayList;
import java.util.List;

/**
 * An object that holds no data. While it is as new, the next request for it would make the same
 * object, so the server forgets it then.
 */
abstract class ForgettableObject implements SharedObject {

    /** The clients whose ends it is to learn of; usually one. */
    private final List<Client> involved = new ArrayList<>(1);

    /**
     * Whether any request for it would make an object of this state: nothing is held or awaited.
     */
    abstract boolean isAsNew();

    /** Frees everything that a client holds or awaits here; it has ended. */
    abstract void release(Client client);

    /** Notes that a client holds or awaits something here. */
    final void involve(Client client) {
        if (!involved.contains(client)) {
            involved.add(client);
            client.involve(this);
        }
    }

    @Override
    public final void clientEnded(Client client) {
        involved.remove(client);
        release(client);
    }

    /** Is called when the server forgets it: no client keeps it in memory. */
    final void forgotten() {
        involved.forEach(client -> client.forget(this));
    }
}
