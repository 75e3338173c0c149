package dev.procession.manager.proxy;

import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SemaphoreAcquire;
import dev.procession.manager.proto.SemaphoreAvailable;
import dev.procession.manager.proto.SemaphoreDrain;
import dev.procession.manager.proto.SemaphoreRelease;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.wire.WaitNanos;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/** A proxy of a semaphore. */
final class RemoteSemaphore implements SharedSemaphore, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;

    RemoteSemaphore(Remote remote) {
        this.remote = remote;
    }

    private Request.Builder acquiring(int permits, long nanos) {
        if (permits < 0) {
            throw new IllegalArgumentException("permits are not negative: permits=" + permits);
        }
        return remote.request()
                .setSemaphore(
                        SemaphoreRequest.newBuilder()
                                .setAcquire(
                                        SemaphoreAcquire.newBuilder()
                                                .setPermits(permits)
                                                .setWaitNanos(nanos)));
    }

    @Override
    public void acquire(int permits) throws InterruptedException {
        Response unused = remote.callInterruptibly(acquiring(permits, WaitNanos.FOREVER));
    }

    @Override
    public boolean tryAcquire(int permits) {
        return CallStatus.isOk(remote.call(acquiring(permits, 0)));
    }

    @Override
    public boolean tryAcquire(int permits, Duration timeout) throws InterruptedException {
        return CallStatus.isOk(remote.callInterruptibly(acquiring(permits, WaitNanos.of(timeout))));
    }

    @Override
    public void release(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("permits are not negative: permits=" + permits);
        }
        Response unused =
                remote.call(
                        remote.request()
                                .setSemaphore(
                                        SemaphoreRequest.newBuilder()
                                                .setRelease(
                                                        SemaphoreRelease.newBuilder()
                                                                .setPermits(permits))));
    }

    @Override
    public int availablePermits() {
        Request.Builder request =
                remote.request()
                        .setSemaphore(
                                SemaphoreRequest.newBuilder()
                                        .setAvailable(SemaphoreAvailable.getDefaultInstance()));
        return (int) remote.call(request).getCount();
    }

    @Override
    public int drainPermits() {
        Request.Builder request =
                remote.request()
                        .setSemaphore(
                                SemaphoreRequest.newBuilder()
                                        .setDrain(SemaphoreDrain.getDefaultInstance()));
        return (int) remote.call(request).getCount();
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared semaphore travels as its handle");
    }
}
