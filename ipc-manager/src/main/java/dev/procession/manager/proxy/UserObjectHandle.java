package dev.procession.manager.proxy;

import dev.procession.manager.proto.Kind;
import java.io.Serial;
import java.io.Serializable;

/**
 * The serialised form of a user's object's handler. The JDK's proxy around the handler travels by
 * itself.
 */
record UserObjectHandle(ManagerHandle manager, String name, Class<?> type) implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** Returns the object as a handler of this process uses it. */
    Remote remote(ServerLink link) {
        return new Remote(link, Kind.OBJECT, name, 0, false, this);
    }

    @Serial
    private Object readResolve() {
        return new RemoteObject(remote(ServerLink.ofProxy(manager)), type);
    }
}
