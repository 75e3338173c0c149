package dev.procession.manager.objects;

import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A flag that clients can wait for. */
final class EventObject extends ForgettableObject {

    private final Set<Call> waiters = new LinkedHashSet<>();
    private boolean set;

    @Override
    public void handle(Call call) {
        switch (call.request().getEvent().getBodyCase()) {
            case SET -> {
                set = true;
                List<Call> woken = new ArrayList<>(waiters);
                waiters.clear();
                woken.forEach(Call::ok);
                call.ok();
            }
            case CLEAR -> {
                set = false;
                call.ok();
            }
            case IS_SET -> call.state(set);
            case AWAIT -> await(call);
            default -> SharedObject.refuse(call);
        }
    }

    private void await(Call call) {
        if (set) {
            call.ok();
        } else if (call.isImpatient()) {
            call.answer(Status.TIMED_OUT);
        } else {
            waiters.add(call);
            involve(call.client());
            call.park(() -> giveUp(call, Status.TIMED_OUT), () -> giveUp(call, Status.CANCELLED));
        }
    }

    private void giveUp(Call call, Status why) {
        if (waiters.remove(call)) {
            call.answer(why);
        }
    }

    boolean isSet() {
        return set;
    }

    int waiting() {
        return waiters.size();
    }

    @Override
    boolean isAsNew() {
        return !set && waiters.isEmpty();
    }

    @Override
    boolean isKept() {
        return false;
    }

    @Override
    void release(Client client) {
        waiters.removeIf(call -> call.client() == client);
    }
}
