package dev.procession.manager.proxy;

import dev.procession.manager.SharedLock;
import dev.procession.manager.client.Answer;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.client.LockHolds.Hold;
import dev.procession.manager.proto.ConditionAwait;
import dev.procession.manager.proto.ConditionSignal;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.WaitNanos;
import java.io.Serial;
import java.io.Serializable;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * A proxy of a condition. One request releases the lock, waits, and takes the lock again. An
 * interrupted waiter, too, has the lock again before it throws.
 */
final class RemoteCondition implements Condition, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private static final long ALL_WAITERS = Long.MAX_VALUE;

    private final SharedLock lock;
    private final String id;

    RemoteCondition(RemoteLock lock, String id) {
        this.lock = lock;
        this.id = id;
    }

    private RemoteLock remoteLock() {
        return (RemoteLock) lock;
    }

    /** Waits; returns false if the time was over before a signal. */
    private boolean waitHere(long nanos, boolean interruptibly) throws InterruptedException {
        RemoteLock owned = remoteLock();
        if (interruptibly && Thread.interrupted()) {
            throw new InterruptedException();
        }
        Hold hold = owned.requireCertainHold();
        Request.Builder request = request(owned, nanos);
        int count = hold.count();
        hold.ask();
        hold.released(); // its place stays
        Answer answer;
        try {
            answer = owned.remote().client().ask(request, interruptibly);
            if (answer.response().getStatus() != Status.NOT_OWNER) {
                hold.granted(answer, count);
            }
        } catch (RuntimeException | Error e) {
            // The caller will try to unlock what it does not hold; that must not hide this failure.
            hold.doubt(count);
            throw e;
        } finally {
            hold.asked();
        }
        Response response = answer.response();
        if (response.getStatus() == Status.NOT_OWNER) {
            throw owned.notHeld();
        }
        if (response.getStatus() == Status.CANCELLED) {
            throw new InterruptedException();
        }
        return CallStatus.isOk(response);
    }

    private Request.Builder request(RemoteLock owned, long nanos) {
        return owned.remote()
                .request()
                .setLock(
                        LockRequest.newBuilder()
                                .setAwait(
                                        ConditionAwait.newBuilder()
                                                .setThread(Thread.currentThread().getId())
                                                .setCondition(owned.conditionKey(id))
                                                .setWaitNanos(nanos)));
    }

    @Override
    public void await() throws InterruptedException {
        boolean unused = waitHere(WaitNanos.FOREVER, true);
    }

    @Override
    public void awaitUninterruptibly() {
        try {
            boolean unused = waitHere(WaitNanos.FOREVER, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        boolean signalled = waitHere(Math.max(0, nanos), true);
        long rest = nanos - (System.nanoTime() - start);
        return signalled ? Math.max(1, rest) : Math.min(0, rest);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return waitHere(WaitNanos.of(time, unit), true);
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        return waitHere(
                WaitNanos.of(
                        deadline.getTime() - System.currentTimeMillis(), TimeUnit.MILLISECONDS),
                true);
    }

    @Override
    public void signal() {
        signal(1);
    }

    @Override
    public void signalAll() {
        signal(ALL_WAITERS);
    }

    private void signal(long count) {
        RemoteLock owned = remoteLock();
        Hold unused = owned.requireCertainHold();
        Request.Builder request =
                owned.remote()
                        .request()
                        .setLock(
                                LockRequest.newBuilder()
                                        .setSignal(
                                                ConditionSignal.newBuilder()
                                                        .setThread(Thread.currentThread().getId())
                                                        .setCondition(owned.conditionKey(id))
                                                        .setMaxWaiters(count)));
        Response response = owned.remote().call(request);
        if (!CallStatus.isOk(response)) {
            throw owned.notHeld();
        }
    }
}
