package dev.procession.manager.proxy;

import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.client.Answer;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.client.ManagerClient;
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

    /** Notes the permits of a grant; returns false if the answer grants none. */
    private boolean granted(PermitHolds holds, int permits, Answer answer) {
        if (!CallStatus.isOk(answer.response())) {
            return false;
        }
        holds.acquired(remote.name(), permits, answer);
        return true;
    }

    private boolean acquireInterruptibly(int permits, long nanos) throws InterruptedException {
        Request.Builder request = acquiring(permits, nanos);
        ManagerClient client = remote.client();
        client.permits().ask(remote.name());
        try {
            return granted(client.permits(), permits, client.askInterruptibly(request));
        } finally {
            client.permits().asked(remote.name());
        }
    }

    private boolean acquire(int permits, long nanos) {
        Request.Builder request = acquiring(permits, nanos);
        ManagerClient client = remote.client();
        client.permits().ask(remote.name());
        try {
            return granted(client.permits(), permits, client.ask(request, false));
        } finally {
            client.permits().asked(remote.name());
        }
    }

    @Override
    public void acquire(int permits) throws InterruptedException {
        boolean unused = acquireInterruptibly(permits, WaitNanos.FOREVER);
    }

    @Override
    public CompletableFuture<@Nullable Void> acquireAsync(int permits) {
        Request.Builder request = acquiring(permits, WaitNanos.FOREVER);
        ManagerClient client = remote.client();
        PermitHolds holds = client.permits();
        String name = remote.name();
        holds.ask(name);
        CompletableFuture<@Nullable Void> future;
        try {
            future =
                    client.askAsync(
                            request,
                            answer -> {
                                boolean unused = granted(holds, permits, answer);
                                return null;
                            });
        } catch (RuntimeException | Error e) {
            holds.asked(name);
            throw e;
        }
        try {
            CompletableFuture<?> unused = future.whenComplete((value, e) -> holds.asked(name));
        } catch (OutOfMemoryError e) {
            // The place stays. The request was sent, so the caller has to get its future.
        }
        return future;
    }

    @Override
    public void acquireUninterruptibly(int permits) {
        boolean unused = acquire(permits, WaitNanos.FOREVER);
    }

    @Override
    public boolean tryAcquire(int permits) {
        return acquire(permits, 0);
    }

    @Override
    public boolean tryAcquire(int permits, Duration timeout) throws InterruptedException {
        return acquireInterruptibly(permits, WaitNanos.of(timeout));
    }

    @Override
    public void release(int permits) {
        ManagerClient client = remote.client();
        PermitHolds holds = client.permits();
        holds.ask(remote.name());
        try {
            Release release = holds.release(remote.name(), notNegative(permits));
            if (release.permits() > 0 || permits == 0) {
                Answer answer = client.ask(releasing(release), false);
                holds.released(remote.name(), release, answer);
                requireReleased(release, answer);
            }
        } finally {
            holds.asked(remote.name());
        }
    }

    /** Too many permits are an Error, as with the JDK's. */
    private void requireReleased(Release release, Answer answer) {
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
        ManagerClient client = remote.client();
        client.permits().ask(remote.name());
        try {
            Answer answer = client.ask(request, false);
            long permits = answer.response().getCount();
            client.permits().acquired(remote.name(), permits, answer);
            return (int) permits;
        } finally {
            client.permits().asked(remote.name());
        }
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
