package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.core.snapshot.ManagerSnapshot;
import dev.procession.manager.proto.ConditionSignal;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A lock and its conditions. Its owner is a thread of a client; the client counts how often that
 * thread has taken it. The lock goes to the request that has waited longest; a new request cannot
 * overtake it.
 *
 * <p>A waiter on a condition moves to the queue of the lock when it is signalled, its time is up,
 * or it is cancelled, and is answered when it has the lock again.
 */
final class LockObject extends ForgettableObject {

    private final ServerNumbers numbers;
    private final Deque<Waiter> queue = new ArrayDeque<>();
    private final Map<ByteString, Deque<Waiter>> conditions = new HashMap<>();
    private @Nullable Client owner;
    private long ownerThread;
    private long ownersToken;

    /** Since when the owner has it. */
    private long ownedSince;

    /** The condition whose signal woke the owner before it got the lock. */
    private @Nullable ByteString ownersSignal;

    /** Whether an owner has died with the lock, and no later owner knows it. */
    private boolean abandoned;

    /** Whether its owner got the lock as an abandoned one. */
    private boolean wasAbandoned;

    /** Whether a loop gives the lock to those that wait. */
    private boolean handingOver;

    /** A request for the lock, and the status of its answer. */
    private static final class Waiter {
        private final Call call;
        private Status whenGranted = Status.OK;

        /** The condition whose signal woke it; null if no signal did. */
        private @Nullable ByteString signal;

        /** Since when it waits for the lock, or awaits a condition. */
        private long since = System.nanoTime();

        Waiter(Call call) {
            this.call = call;
        }

        boolean isOf(Client client) {
            return call.client() == client;
        }
    }

    LockObject(ServerNumbers numbers) {
        this.numbers = numbers;
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getLock().getBodyCase()) {
            case ACQUIRE -> acquire(call);
            case RELEASE -> release(call);
            case AWAIT -> await(call);
            case SIGNAL -> signal(call);
            case IS_LOCKED ->
                    call.answer(
                            Response.newBuilder()
                                    .setIsTrue(owner != null)
                                    .setCount(owner == null ? 0 : owner.pid()));
            default -> SharedObject.refuse(call);
        }
    }

    /** The thread for which a call takes, releases or uses the lock. */
    private static long thread(Call call) {
        LockRequest request = call.request().getLock();
        return switch (request.getBodyCase()) {
            case ACQUIRE -> request.getAcquire().getThread();
            case RELEASE -> request.getRelease().getThread();
            case AWAIT -> request.getAwait().getThread();
            case SIGNAL -> request.getSignal().getThread();
            case IS_LOCKED, BODY_NOT_SET -> throw new IllegalArgumentException("has no thread");
        };
    }

    private boolean isOwner(Call call) {
        return owner == call.client() && ownerThread == thread(call);
    }

    private void acquire(Call call) {
        Waiter waiter = new Waiter(call);
        if (owner == null) {
            grant(waiter);
        } else if (isOwner(call)) {
            grantAgain(waiter);
        } else if (call.isImpatient()) {
            call.answer(Status.TIMED_OUT);
        } else {
            queue.add(waiter);
            involve(call.client());
            call.park(
                    () -> giveUp(waiter, Status.TIMED_OUT), () -> giveUp(waiter, Status.CANCELLED));
        }
    }

    private void giveUp(Waiter waiter, Status why) {
        if (queue.remove(waiter)) {
            waiter.call.answer(why);
        }
    }

    private void grant(Waiter waiter) {
        Client client = waiter.call.client();
        owner = client;
        ownerThread = thread(waiter.call);
        ownersSignal = waiter.signal;
        ownersToken = numbers.nextToken();
        ownedSince = handingOver ? System.nanoTime() : waiter.since;
        involve(client);
        boolean inherited = abandoned;
        abandoned = false;
        wasAbandoned = inherited;
        waiter.call.answer(
                Response.newBuilder()
                        .setStatus(waiter.whenGranted)
                        .setToken(ownersToken)
                        .setAbandoned(inherited));
    }

    /**
     * Answers an owner that asks once more. It has given up the call that made it the owner, and
     * the withdrawal has not arrived; or its unlock has failed. The answer to that call may be
     * lost, so this answer says the same, and its signal goes to the next waiter.
     */
    private void grantAgain(Waiter waiter) {
        ByteString signal = ownersSignal;
        abandoned |= wasAbandoned;
        grant(waiter);
        if (signal != null) {
            signal(signal, 1);
        }
    }

    /** Gives the lock to the first that waits and still wants it. */
    private void handOver() {
        owner = null;
        if (handingOver) {
            return; // the grant went back at once, as its caller had given up
        }
        handingOver = true;
        try {
            while (owner == null && !queue.isEmpty()) {
                grant(queue.remove());
            }
        } finally {
            handingOver = false;
        }
    }

    private void release(Call call) {
        if (isOwner(call)) {
            handOver();
            call.ok();
        } else {
            call.answer(Status.NOT_OWNER);
        }
    }

    private void await(Call call) {
        if (!isOwner(call)) {
            call.answer(Status.NOT_OWNER);
            return;
        }
        Waiter waiter = new Waiter(call);
        ByteString condition = call.request().getLock().getAwait().getCondition();
        if (call.isImpatient()) {
            waiter.whenGranted = Status.TIMED_OUT;
            queue.add(waiter);
            call.park(() -> {}, () -> {});
        } else {
            conditions.computeIfAbsent(condition, c -> new ArrayDeque<>()).add(waiter);
            call.park(
                    () -> wake(condition, waiter, Status.TIMED_OUT),
                    () -> wake(condition, waiter, Status.CANCELLED));
        }
        handOver();
    }

    /** Moves a waiter from its condition to the lock's queue, unless it has left the condition. */
    private void wake(ByteString condition, Waiter waiter, Status why) {
        Deque<Waiter> waiters = conditions.get(condition);
        if (waiters != null && waiters.remove(waiter)) {
            if (waiters.isEmpty()) {
                conditions.remove(condition);
            }
            waiter.whenGranted = why;
            enqueue(waiter);
            if (owner == null) {
                handOver();
            }
        }
    }

    /** It has left its condition, and waits for the lock from now on. */
    private void enqueue(Waiter waiter) {
        waiter.since = System.nanoTime();
        queue.add(waiter);
    }

    private void signal(Call call) {
        if (!isOwner(call)) {
            call.answer(Status.NOT_OWNER);
            return;
        }
        ConditionSignal request = call.request().getLock().getSignal();
        signal(request.getCondition(), request.getMaxWaiters());
        call.ok();
    }

    /** Moves the first waiters of a condition to the lock's queue. */
    private void signal(ByteString condition, long count) {
        Deque<Waiter> waiters = conditions.get(condition);
        for (long n = count; n > 0 && waiters != null && !waiters.isEmpty(); n--) {
            Waiter first = waiters.remove();
            first.signal = condition;
            enqueue(first);
        }
        if (waiters != null && waiters.isEmpty()) {
            conditions.remove(condition);
        }
    }

    @Override
    public void undo(Call call, Response answer) {
        if (owner == call.client() && ownersToken == answer.getToken()) {
            abandoned = answer.getAbandoned(); // the owner of this grant never learned it
            ByteString signal = ownersSignal;
            if (signal != null) {
                signal(signal, 1);
            }
            handOver();
        }
    }

    boolean isHeld() {
        return owner != null;
    }

    /** How many requests wait for it. */
    int waiting() {
        return queue.size();
    }

    /** How many requests await one of its conditions. */
    int awaiting() {
        int sum = 0;
        for (Deque<Waiter> waiters : conditions.values()) {
            sum += waiters.size();
        }
        return sum;
    }

    /** Returns who has it and who waits, the first ones of many. */
    ManagerSnapshot.Lock snapshot(@Nullable String name, int mostWaiters) {
        long now = System.nanoTime();
        List<ManagerSnapshot.Waiter> waiters = new ArrayList<>();
        for (Waiter waiter : queue) {
            if (waiters.size() == mostWaiters) {
                break;
            }
            waiters.add(
                    new ManagerSnapshot.Waiter(
                            waiter.call.client().pid(), seconds(now - waiter.since)));
        }
        return new ManagerSnapshot.Lock(
                name,
                owner == null ? 0 : owner.pid(),
                owner == null ? 0 : ownerThread,
                owner == null ? 0 : seconds(now - ownedSince),
                abandoned,
                waiters,
                queue.size() - waiters.size(),
                awaiting());
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    boolean isAsNew() {
        return owner == null && !abandoned && queue.isEmpty() && conditions.isEmpty();
    }

    @Override
    boolean isKept() {
        return false;
    }

    @Override
    void release(Client client) {
        conditions.values().forEach(waiters -> waiters.removeIf(waiter -> waiter.isOf(client)));
        conditions.values().removeIf(Deque::isEmpty);
        List<ByteString> signals = new ArrayList<>();
        for (Iterator<Waiter> i = queue.iterator(); i.hasNext(); ) {
            Waiter waiter = i.next();
            if (waiter.isOf(client)) {
                i.remove();
                if (waiter.signal != null) {
                    signals.add(waiter.signal);
                }
            }
        }
        if (owner == client && ownersSignal != null) {
            signals.add(ownersSignal); // it may have died before it acted on the signal
        }
        signals.forEach(condition -> signal(condition, 1));
        if (owner == client) {
            abandoned = true;
            handOver();
        } else if (owner == null) {
            handOver();
        }
    }
}
