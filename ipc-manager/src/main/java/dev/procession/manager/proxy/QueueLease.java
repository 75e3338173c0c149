package dev.procession.manager.proxy;

import dev.procession.manager.SharedQueue;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.LeaseDone;
import dev.procession.manager.proto.LeaseReturn;
import dev.procession.manager.proto.QueueRequest;
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
        if (!ended.compareAndSet(false, true) || !isDone()) {
            throw new IllegalStateException("the lease is over: queue=" + remote.name());
        }
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            Response unused =
                    remote.call(
                            remote.request()
                                    .setQueue(
                                            QueueRequest.newBuilder()
                                                    .setLeaseReturn(
                                                            LeaseReturn.newBuilder()
                                                                    .addElements(number))));
        }
    }

    private boolean isDone() {
        return CallStatus.isOk(
                remote.call(
                        remote.request()
                                .setQueue(
                                        QueueRequest.newBuilder()
                                                .setLeaseDone(
                                                        LeaseDone.newBuilder()
                                                                .addElements(number)))));
    }
}
