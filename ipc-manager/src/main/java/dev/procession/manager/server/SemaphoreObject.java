package dev.procession.manager.server;

import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * A semaphore. Who waits longest is served first, also when it wants more than is there. Permits
 * that a client has taken and not given back return when it ends.
 */
final class SemaphoreObject implements SharedObject {

    private final Deque<Call> queue = new ArrayDeque<>();
    private final Map<Client, Long> held = new HashMap<>();
    private long available;

    SemaphoreObject(long permits) {
        available = permits;
    }

    @Override
    public void handle(Call call) {
        switch (call.request().getOperation()) {
            case ACQUIRE_PERMITS -> acquire(call);
            case RELEASE_PERMITS -> release(call);
            case AVAILABLE -> call.ok(available);
            case DRAIN_PERMITS -> {
                long taken = Math.max(0, available);
                take(call, taken);
                call.ok(taken);
            }
            default -> SharedObject.refuse(call);
        }
    }

    private void acquire(Call call) {
        long wanted = call.request().getNumber();
        if (wanted < 0) {
            call.refuse("permits cannot be negative: permits=" + wanted);
        } else if (queue.isEmpty() && wanted <= available) {
            take(call, wanted);
            call.ok();
        } else if (call.isImpatient()) {
            call.answer(Status.TIMED_OUT);
        } else {
            queue.add(call);
            call.client().involve(this);
            call.park(() -> giveUp(call, Status.TIMED_OUT), () -> giveUp(call, Status.CANCELLED));
        }
    }

    private void giveUp(Call call, Status why) {
        if (queue.remove(call)) {
            call.answer(why);
            serve(); // those behind may want less
        }
    }

    private void take(Call call, long permits) {
        available -= permits;
        if (permits > 0) {
            held.merge(call.client(), permits, Long::sum);
            call.client().involve(this);
        }
    }

    private void release(Call call) {
        long permits = call.request().getNumber();
        if (permits < 0) {
            call.refuse("permits cannot be negative: permits=" + permits);
            return;
        }
        giveBack(call.client(), permits);
        call.ok();
        serve();
    }

    /** As with the JDK's, who gives back need not be who has taken. */
    private void giveBack(Client giver, long permits) {
        held.computeIfPresent(giver, (client, count) -> count > permits ? count - permits : null);
        available += permits;
    }

    @Override
    public void undo(Call call, Response answer) {
        if (answer.getStatus() == Status.OK) {
            boolean drained = call.request().getOperation() == Operation.DRAIN_PERMITS;
            giveBack(call.client(), drained ? answer.getNumber() : call.request().getNumber());
            serve();
        }
    }

    private void serve() {
        Call first = queue.peek();
        while (first != null && first.request().getNumber() <= available) {
            queue.remove();
            take(first, first.request().getNumber());
            first.ok();
            first = queue.peek();
        }
    }

    @Override
    public void clientEnded(Client client) {
        queue.removeIf(call -> call.client() == client);
        Long permits = held.remove(client);
        if (permits != null) {
            available += permits;
        }
        serve();
    }
}
