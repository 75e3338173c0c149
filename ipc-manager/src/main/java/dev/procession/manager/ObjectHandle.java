package dev.procession.manager;

import dev.procession.manager.proto.Kind;
import java.io.Serial;
import java.io.Serializable;

/** What travels instead of a proxy; where it arrives it becomes one, of the same object. */
record ObjectHandle(ManagerHandle manager, Kind kind, String name, long size)
        implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    @Serial
    private Object readResolve() {
        RemoteManager attached = manager.attach();
        return switch (kind) {
            case DICT -> attached.dict(name);
            case SET -> attached.set(name);
            case VALUE -> attached.value(name);
            case COUNTER -> attached.counter(name);
            case NAMESPACE -> attached.namespace(name);
            case LIST -> attached.list(name);
            case QUEUE -> attached.queue(name, (int) size);
            case LOCK -> attached.lock(name);
            case RLOCK -> attached.rlock(name);
            case SEMAPHORE -> attached.semaphore(name, (int) size);
            case EVENT -> attached.event(name);
            case BARRIER -> attached.barrier(name, (int) size);
            case OBJECT, KIND_NONE, UNRECOGNIZED ->
                    throw new IllegalStateException("has a handle of its own: kind=" + kind);
        };
    }
}
