package dev.procession.manager.objects;

import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SemaphoreRelease;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A semaphore. The request that has waited longest is served first, even if it wants more permits
 * than there are. Permits that a client holds return when it ends. A client is told how many it
 * holds, and tells it when it releases them: those of an earlier session have returned already.
 */
final class SemaphoreObject extends ForgettableObject {

    private final ServerNumbers numbers;
    private final Deque<Call> queue = new ArrayDeque<>();

    /** In the order of the first permit that each client took. */
    private final Map<Client, Long> held = new LinkedHashMap<>();

    private final long initial;

    /** Every request for it has the same number of permits; otherwise the first one decides. */
    private final boolean unnamed;

    private long available;

    /** Permits that a client released without holding them: signals, not resources. */
    private long loose;

    SemaphoreObject(ServerNumbers numbers, long permits, boolean unnamed) {
        this.numbers = numbers;
        this.initial = permits;
        this.available = permits;
        this.unnamed = unnamed;
    }

    long available() {
        return available;
    }

    int waiting() {
        return queue.size();
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getSemaphore().getBodyCase()) {
            case ACQUIRE -> acquire(call);
            case RELEASE -> release(call);
            case AVAILABLE -> call.count(available);
            case DRAIN -> {
                long taken = available; // it may be negative, as with the JDK's
                take(call, taken);
                answerHeld(call, Response.newBuilder().setCount(taken));
            }
            case REDUCE -> takeAway(call);
            default -> SharedObject.refuse(call);
        }
    }

    private void takeAway(Call call) {
        long permits = call.request().getSemaphore().getReduce().getPermits();
        if (permits < 0) {
            call.refuse("permits cannot be negative: permits=" + permits);
            return;
        }
        boolean countable = permits <= available - Integer.MIN_VALUE;
        if (countable) {
            available -= permits;
        }
        call.done(countable);
    }

    private static long wanted(Call call) {
        return call.request().getSemaphore().getAcquire().getPermits();
    }

    private void acquire(Call call) {
        long wanted = wanted(call);
        if (wanted < 0) {
            call.refuse("permits cannot be negative: permits=" + wanted);
        } else if (queue.isEmpty() && wanted <= available) {
            take(call, wanted);
            answerHeld(call, Response.newBuilder());
        } else if (call.isImpatient()) {
            call.answer(Status.TIMED_OUT);
        } else {
            queue.add(call);
            involve(call.client());
            call.park(() -> giveUp(call, Status.TIMED_OUT), () -> giveUp(call, Status.CANCELLED));
        }
    }

    private void giveUp(Call call, Status why) {
        if (queue.remove(call)) {
            call.answer(why);
            serve(); // those behind it may want less
        }
    }

    private void take(Call call, long permits) {
        available -= permits;
        if (permits > 0) {
            long signals = Math.min(loose, permits);
            loose -= signals;
            if (permits > signals) {
                held.merge(call.client(), permits - signals, Long::sum);
                involve(call.client());
            }
        }
    }

    /** Answers with the permits that the client holds, as it may have to return them later. */
    private void answerHeld(Call call, Response.Builder response) {
        call.answer(
                response.setHeld(held.getOrDefault(call.client(), 0L)).setVersion(numbers.next()));
    }

    /** Returns how many permits a request releases, without those that an earlier session held. */
    private static long released(Call call) {
        SemaphoreRelease request = call.request().getSemaphore().getRelease();
        boolean earlier = request.getSession() != call.client().session();
        long permits = request.getPermits();
        return earlier ? permits - Math.max(0, Math.min(permits, request.getHeld())) : permits;
    }

    private void release(Call call) {
        long permits = released(call);
        if (permits < 0) {
            call.refuse("permits cannot be negative: permits=" + permits);
            return;
        }
        boolean countable = permits <= Integer.MAX_VALUE - available;
        if (countable) {
            giveBack(call.client(), permits);
        }
        answerHeld(call, Response.newBuilder().setDone(countable));
        serve();
    }

    /**
     * As with the JDK's semaphore, a client may release permits that it does not hold. Those are
     * taken from the clients that acquired first; permits that no client holds are new.
     */
    private void giveBack(Client giver, long permits) {
        long rest = permits - reduce(giver, permits);
        Iterator<Map.Entry<Client, Long>> holders = held.entrySet().iterator();
        while (rest > 0 && holders.hasNext()) {
            Map.Entry<Client, Long> holder = holders.next();
            long taken = Math.min(holder.getValue(), rest);
            rest -= taken;
            if (taken < holder.getValue()) {
                holder.setValue(holder.getValue() - taken);
            } else {
                holders.remove();
            }
        }
        loose += rest;
        returned(permits);
    }

    /** Permits are back; more than an int has are dropped, as nobody can be told. */
    private void returned(long permits) {
        available = Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, available + permits));
    }

    /** Takes permits from a client, as far as it has them; returns how many. */
    private long reduce(Client holder, long permits) {
        long has = held.getOrDefault(holder, 0L);
        long taken = Math.min(has, permits);
        if (taken < has) {
            held.put(holder, has - taken);
        } else {
            held.remove(holder);
        }
        return taken;
    }

    @Override
    public void undo(Call call, Response answer) {
        if (answer.getStatus() == Status.OK) {
            boolean drained = call.request().getSemaphore().hasDrain();
            long permits = drained ? answer.getCount() : wanted(call);
            loose += Math.max(0, permits - reduce(call.client(), Math.max(0, permits)));
            returned(permits);
            serve();
        }
    }

    private void serve() {
        Call first = queue.peek();
        while (first != null && wanted(first) <= available) {
            queue.remove();
            take(first, wanted(first));
            answerHeld(first, Response.newBuilder());
            first = queue.peek();
        }
    }

    @Override
    boolean isAsNew() {
        return available == initial && loose == 0 && held.isEmpty() && queue.isEmpty();
    }

    @Override
    boolean isKept() {
        return !unnamed;
    }

    @Override
    void release(Client client) {
        queue.removeIf(call -> call.client() == client);
        Long permits = held.remove(client);
        if (permits != null) {
            returned(permits);
        }
        serve();
    }
}
