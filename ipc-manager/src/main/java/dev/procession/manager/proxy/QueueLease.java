package dev.procession.manager.proxy;

import dev.procession.manager.SharedQueue;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Response;
import java.util.concurrent.atomic.AtomicBoolean;

/** An element that this process has leased. */
final class QueueLease<E> implements SharedQueue.Lease<E> {

    private final Remote remote;
    private final long number;
    private final E value;
    private final AtomicBoolean ended = new AtomicBoolean();

    QueueLease(Remote remote, long number, E value) {
        this.remote = remote;
        this.number = number;
        this.value = value;
    }

    @Override
    public E value() {
        return value;
    }

    @Override
    public void done() {
        if (!ended.compareAndSet(false, true) || !end(Operation.LEASE_DONE)) {
            throw new IllegalStateException("the lease is over: queue=" + remote.name());
        }
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            boolean unused = end(Operation.LEASE_RETURN);
        }
    }

    private boolean end(Operation how) {
        Response response = remote.call(remote.request(how).setVersion(number));
        return CallStatus.isOk(response);
    }
}
