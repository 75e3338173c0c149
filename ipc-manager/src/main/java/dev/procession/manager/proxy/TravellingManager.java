package dev.procession.manager.proxy;

import java.io.Serial;
import java.io.Serializable;

/** The serialised form of a manager; it attaches the process where it arrives. */
record TravellingManager(ManagerHandle handle) implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    @Serial
    private Object readResolve() {
        return new RemoteManager(handle, handle.knownSecret(), null);
    }
}
