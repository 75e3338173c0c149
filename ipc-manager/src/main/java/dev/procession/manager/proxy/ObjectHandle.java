package dev.procession.manager.proxy;

import dev.procession.manager.proto.Kind;
import java.io.Serial;
import java.io.Serializable;

/** The serialised form of a proxy; it becomes a proxy of the same object where it arrives. */
record ObjectHandle(ManagerHandle manager, Kind kind, String name, long size, boolean unnamed)
        implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** Returns the object as a proxy of this process uses it. */
    Remote remote(ServerLink link) {
        return new Remote(link, kind, name, size, unnamed, this);
    }

    @Serial
    private Object readResolve() {
        Remote remote = remote(ServerLink.ofProxy(manager));
        return switch (kind) {
            case DICT -> new RemoteDict<>(remote);
            case SET -> new RemoteSet<>(remote);
            case VALUE -> new RemoteValue<>(remote);
            case COUNTER -> new RemoteCounter(remote);
            case NAMESPACE -> new RemoteNamespace(remote);
            case LIST -> new RemoteList<>(remote);
            case QUEUE -> new RemoteQueue<>(remote);
            case LOCK, RLOCK -> new RemoteLock(remote);
            case SEMAPHORE -> new RemoteSemaphore(remote);
            case EVENT -> new RemoteEvent(remote);
            case BARRIER -> new RemoteBarrier(remote, (int) size);
            case OBJECT, KIND_NONE, UNRECOGNIZED ->
                    throw new IllegalStateException("has a handle of its own: kind=" + kind);
        };
    }
}
