package dev.procession.manager.objects;

import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.Call;
import dev.procession.manager.stream.Client;
import dev.procession.manager.stream.SharedObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A cyclic barrier. It breaks when a waiting party gives up or dies. */
final class BarrierObject extends ForgettableObject {

    private final long parties;

    /** Every request for it has the same number of parties; otherwise the first one decides. */
    private final boolean unnamed;

    private final Set<Call> waiters = new LinkedHashSet<>();
    private boolean broken;

    BarrierObject(long parties, boolean unnamed) {
        this.parties = parties;
        this.unnamed = unnamed;
    }

    @Override
    public void handle(Call call) {
        if (call.request().getBarrierParties() != parties) {
            call.refuse(
                    "the barrier has another number of parties: parties="
                            + parties
                            + ", asked="
                            + call.request().getBarrierParties());
            return;
        }
        switch (call.request().getBarrier().getBodyCase()) {
            case AWAIT -> await(call);
            case RESET -> {
                breakNow();
                broken = false;
                call.ok();
            }
            case BREAK -> {
                if (broken) {
                    call.answer(Status.BROKEN);
                } else {
                    breakNow();
                    call.ok();
                }
            }
            case STATE ->
                    call.answer(Response.newBuilder().setCount(waiters.size()).setIsTrue(broken));
            default -> SharedObject.refuse(call);
        }
    }

    private void await(Call call) {
        if (broken) {
            call.answer(Status.BROKEN);
        } else if (waiters.size() + 1 == parties) {
            long index = parties - 1;
            List<Call> all = new ArrayList<>(waiters);
            waiters.clear();
            for (Call waiter : all) {
                waiter.answer(Response.newBuilder().setArrival(index--));
            }
            call.ok();
        } else if (call.isImpatient()) {
            breakNow();
            call.answer(Status.TIMED_OUT);
        } else {
            waiters.add(call);
            involve(call.client());
            call.park(() -> giveUp(call, Status.TIMED_OUT), () -> giveUp(call, Status.CANCELLED));
        }
    }

    private void giveUp(Call call, Status why) {
        if (waiters.remove(call)) {
            breakNow();
            call.answer(why);
        }
    }

    /** Breaks the barrier for all parties that wait. */
    private void breakNow() {
        broken = true;
        List<Call> all = new ArrayList<>(waiters);
        waiters.clear();
        all.forEach(waiter -> waiter.answer(Status.BROKEN));
    }

    long parties() {
        return parties;
    }

    int waiting() {
        return waiters.size();
    }

    @Override
    boolean isAsNew() {
        return !broken && waiters.isEmpty();
    }

    @Override
    boolean isKept() {
        return !unnamed;
    }

    @Override
    void release(Client client) {
        if (waiters.removeIf(call -> call.client() == client)) {
            breakNow();
        }
    }
}
