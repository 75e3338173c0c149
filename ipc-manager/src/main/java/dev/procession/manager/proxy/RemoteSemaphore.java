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
import dev.procession.manager.proto.SemaphoreReduce;
import dev.procession.manager.proto.SemaphoreRelease;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.wire.WaitNanos;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A proxy of a semaphore. */
final class RemoteSemaphore implements SharedSemaphore, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;

    RemoteSemaphore(Remote remote) {
        this.remote = remote;
    }

    private static int notNegative(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("permits are not negative: permits=" + permits);
        }
        return permits;
    }

    private Request.Builder acquiring(int permits, long nanos) {
        return remote.request()
                .setSemaphore(
                        SemaphoreRequest.newBuilder()
                                .setAcquire(
                                        SemaphoreAcquire.newBuilder()
                                                .setPermits(notNegative(permits))
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
    public CompletableFuture<@Nullable Void> acquireAsync(int permits) {
        return remote.client()
                .askAsync(
                        acquiring(permits, WaitNanos.FOREVER),
                        answer -> {
                            boolean unused = acquired(permits, answer);
                            return null;
                        });
    }

    @Override
    public void acquireUninterruptibly(int permits) {
        boolean unused =
                acquired(
                        permits, remote.client().ask(acquiring(permits, WaitNanos.FOREVER), false));
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
        Release release = holds().release(remote.name(), notNegative(permits));
        if (release.permits() > 0 || permits == 0) {
            released(release, remote.client().ask(releasing(release), false));
        }
    }

    /** Notes the answer to a release; too many permits are an Error, as with the JDK's. */
    private void released(Release release, Answer answer) {
        holds().released(remote.name(), release, answer);
        if (!answer.response().getDone()) {
            throw new Error(
                    "Maximum permit count exceeded: name="
                            + remote.name()
                            + ", permits="
                            + release.permits());
        }
    }

    @Override
    public void reducePermits(int reduction) {
        Request.Builder request =
                remote.request()
                        .setSemaphore(
                                SemaphoreRequest.newBuilder()
                                        .setReduce(
                                                SemaphoreReduce.newBuilder()
                                                        .setPermits(notNegative(reduction))));
        if (!remote.call(request).getDone()) {
            throw new Error(
                    "Permit count underflow: name=" + remote.name() + ", permits=" + reduction);
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

    @Override
    public String toString() {
        return remote.toString(() -> "permits=" + availablePermits());
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
