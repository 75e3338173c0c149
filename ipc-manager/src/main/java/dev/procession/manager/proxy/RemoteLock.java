package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.SharedLock;
import dev.procession.manager.client.Answer;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.client.LockHolds.Hold;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockIsLocked;
import dev.procession.manager.proto.LockRelease;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.WaitNanos;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** A proxy of a lock. The owner's process counts how often the owner holds it. */
final class RemoteLock implements SharedLock, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;

    RemoteLock(Remote remote) {
        this.remote = remote;
    }

    Remote remote() {
        return remote;
    }

    private Request.Builder acquiring(long waitNanos) {
        return remote.request()
                .setLock(
                        LockRequest.newBuilder()
                                .setAcquire(
                                        LockAcquire.newBuilder()
                                                .setThread(Thread.currentThread().getId())
                                                .setWaitNanos(waitNanos)));
    }

    /** Counts one more hold of this thread; returns false if it does not hold the lock. */
    private boolean tookAgain() {
        Hold hold = certainHold();
        if (hold == null) {
            return false;
        }
        if (remote.kind() != Kind.RLOCK) {
            throw new IllegalMonitorStateException(
                    "this thread has the lock already, and it is not reentrant; use"
                            + " Manager.rlock: name="
                            + remote.name());
        }
        hold.add(1);
        return true;
    }

    private boolean acquire(long waitNanos) {
        ManagerClient client = remote.client();
        Hold hold = asking(client);
        try {
            return granted(hold, client.ask(acquiring(waitNanos), false));
        } finally {
            hold.asked();
        }
    }

    private boolean acquireInterruptibly(long waitNanos) throws InterruptedException {
        ManagerClient client = remote.client();
        Hold hold = asking(client);
        try {
            return granted(hold, client.askInterruptibly(acquiring(waitNanos)));
        } finally {
            hold.asked();
        }
    }

    /** Makes the place for a hold of this thread, which needs no memory afterwards. */
    private Hold asking(ManagerClient client) {
        return client.holds().asking(remote.kind(), remote.name());
    }

    private static boolean granted(Hold hold, Answer answer) {
        if (!CallStatus.isOk(answer.response())) {
            return false;
        }
        hold.granted(answer, 1);
        return true;
    }

    @Override
    public void lock() {
        if (!tookAgain()) {
            boolean unused = acquire(WaitNanos.FOREVER);
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        requireNoInterrupt();
        if (!tookAgain()) {
            boolean unused = acquireInterruptibly(WaitNanos.FOREVER);
        }
    }

    private static void requireNoInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public boolean tryLock() {
        return tookAgainIfReentrant() || (certainHold() == null && acquire(0));
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        requireNoInterrupt();
        return tookAgainIfReentrant()
                || (certainHold() == null && acquireInterruptibly(WaitNanos.of(time, unit)));
    }

    private boolean tookAgainIfReentrant() {
        return remote.kind() == Kind.RLOCK && tookAgain();
    }

    @Override
    public void unlock() {
        Hold hold = requireHold();
        if (hold.count() > 1) {
            hold.add(-1);
            return;
        }
        Response response;
        try {
            response =
                    remote.call(
                            remote.request()
                                    .setLock(
                                            LockRequest.newBuilder()
                                                    .setRelease(
                                                            LockRelease.newBuilder()
                                                                    .setThread(
                                                                            Thread.currentThread()
                                                                                    .getId()))));
        } catch (RuntimeException | Error e) { // it may have been carried out, and may be repeated
            hold.doubt(hold.count());
            throw e;
        }
        hold.released();
        if (!CallStatus.isOk(response)) {
            throw notHeld();
        }
    }

    /** Returns this thread's hold, to release it. */
    private Hold requireHold() {
        return requireNotNull(remote.currentHold());
    }

    /** Returns this thread's hold, if no unlock of it has failed. */
    Hold requireCertainHold() {
        return requireNotNull(certainHold());
    }

    private Hold requireNotNull(@Nullable Hold hold) {
        if (hold == null) {
            throw notHeld();
        }
        return hold;
    }

    private @Nullable Hold certainHold() {
        Hold hold = remote.currentHold();
        return hold == null || hold.isDoubtful() ? null : hold;
    }

    IllegalMonitorStateException notHeld() {
        return new IllegalMonitorStateException(
                "this thread does not have the lock: name=" + remote.name());
    }

    @Override
    public long fencingToken() {
        return requireCertainHold().token();
    }

    @Override
    public boolean wasAbandoned() {
        return requireCertainHold().abandoned();
    }

    @Override
    public int holdCount() {
        Hold hold = certainHold();
        return hold == null ? 0 : hold.count();
    }

    @Override
    public boolean isHeldByCurrentThread() {
        return certainHold() != null;
    }

    @Override
    public boolean isLocked() {
        return owner().getIsTrue();
    }

    @Override
    public Condition newCondition() {
        return new RemoteCondition(this, "#" + UUID.randomUUID());
    }

    @Override
    public Condition condition(String name) {
        return new RemoteCondition(this, "=" + name);
    }

    ByteString conditionKey(String id) {
        return ByteString.copyFromUtf8(id);
    }

    @Override
    public String toString() {
        return remote.toString(this::state);
    }

    private String state() {
        if (isHeldByCurrentThread()) {
            return "locked by thread " + Thread.currentThread().getName();
        }
        Response response = owner();
        return response.getIsTrue() ? "locked by process " + response.getCount() : "unlocked";
    }

    private Response owner() {
        return remote.call(
                remote.request()
                        .setLock(
                                LockRequest.newBuilder()
                                        .setIsLocked(LockIsLocked.getDefaultInstance())));
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared lock travels as its handle");
    }
}
