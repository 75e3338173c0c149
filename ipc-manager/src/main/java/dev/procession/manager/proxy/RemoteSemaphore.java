package dev.procession.manager.proxy;

import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.client.Answer;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.client.PermitHolds;
import dev.procession.manager.client.PermitHolds.Release;
import dev.procession.manager.proto.Request;
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

    private PermitHolds holds() {
        return remote.client().permits();
    }

    /** Notes the permits of a grant; returns false if the answer grants none. */
    private boolean acquired(int permits, Answer answer) {
        if (!CallStatus.isOk(answer.response())) {
            return false;
        }
        holds().acquired(remote.name(), permits, answer);
        return true;
    }

    @Override
    public void acquire(int permits) throws InterruptedException {
        boolean unused =
                acquired(
                        permits,
                        remote.client().askInterruptibly(acquiring(permits, WaitNanos.FOREVER)));
    }

    @Override
    public boolean tryAcquire(int permits) {
        return acquired(permits, remote.client().ask(acquiring(permits, 0), false));
    }

    @Override
    public boolean tryAcquire(int permits, Duration timeout) throws InterruptedException {
        return acquired(
                permits,
                remote.client().askInterruptibly(acquiring(permits, WaitNanos.of(timeout))));
    }

    @Override
    public void release(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("permits are not negative: permits=" + permits);
        }
        Release release = holds().release(remote.name(), permits);
        if (release.permits() > 0 || permits == 0) {
            holds().released(
                            remote.name(), release, remote.client().ask(releasing(release), false));
        }
    }

    private Request.Builder releasing(Release release) {
        return remote.request()
                .setSemaphore(
                        SemaphoreRequest.newBuilder()
                                .setRelease(
                                        SemaphoreRelease.newBuilder()
                                                .setPermits(release.permits())
                                                .setHeld(release.held())
                                                .setSession(release.session())));
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
        Answer answer = remote.client().ask(request, false);
        long permits = answer.response().getCount();
        holds().acquired(remote.name(), permits, answer);
        return (int) permits;
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
