package dev.procession.manager.proxy;

import java.io.Serial;
import java.io.Serializable;

/** A manager on its way; where it arrives it is attached again. */
record TravellingManager(ManagerHandle handle) implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    @Serial
    private Object readResolve() {
        return new RemoteManager(handle, handle.knownSecret(), null);
    }
}
