package dev.procession.manager.proxy;

import dev.procession.manager.SharedQueue;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.LeaseDone;
import dev.procession.manager.proto.LeaseReturn;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Response;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An element that this process has leased. */
final class QueueLease<E> implements SharedQueue.Lease<E> {

    private final Remote remote;
    private final AtomicBoolean ended = new AtomicBoolean();
    private long number;
    private @Nullable E value;

    /** Makes a lease before it is asked for: what the server has leased needs no memory then. */
    QueueLease(Remote remote) {
        this.remote = remote;
    }

    /** Notes what the server has leased; before the lease is handed out. */
    void granted(long element, E decoded) {
        number = element;
        value = decoded;
    }

    @Override
    public E value() {
        return Objects.requireNonNull(value);
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
