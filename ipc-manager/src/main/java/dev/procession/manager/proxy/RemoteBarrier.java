package dev.procession.manager.proxy;

import dev.procession.manager.SharedBarrier;
import dev.procession.manager.proto.BarrierAwait;
import dev.procession.manager.proto.BarrierBreak;
import dev.procession.manager.proto.BarrierRequest;
import dev.procession.manager.proto.BarrierReset;
import dev.procession.manager.proto.BarrierState;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.wire.WaitNanos;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/** A proxy of a barrier. */
final class RemoteBarrier implements SharedBarrier, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;
    private final transient int parties;

    RemoteBarrier(Remote remote, int parties) {
        this.remote = remote;
        this.parties = parties;
    }

    private Response await(long nanos) throws InterruptedException, BrokenBarrierException {
        if (Thread.currentThread().isInterrupted()) {
            // The last party breaks the barrier too, as with CyclicBarrier: the others must not
            // wait for it.
            Response unused =
                    unbroken(
                            remote.call(
                                    remote.request()
                                            .setBarrier(
                                                    BarrierRequest.newBuilder()
                                                            .setBreak(
                                                                    BarrierBreak
                                                                            .getDefaultInstance()))));
            boolean unusedInterrupt = Thread.interrupted();
            throw new InterruptedException();
        }
        // If the interrupt comes only now, the server knows this party, and breaks the barrier.
        Response response =
                unbroken(
                        remote.client()
                                .ask(
                                        remote.request()
                                                .setBarrier(
                                                        BarrierRequest.newBuilder()
                                                                .setAwait(
                                                                        BarrierAwait.newBuilder()
                                                                                .setWaitNanos(
                                                                                        nanos))),
                                        true)
                                .response());
        if (response.getStatus() == Status.CANCELLED) {
            throw new InterruptedException();
        }
        return response;
    }

    private Response unbroken(Response response) throws BrokenBarrierException {
        if (response.getStatus() == Status.BROKEN) {
            throw new BrokenBarrierException(
                    "a party gave up or died, or the barrier was reset: name=" + remote.name());
        }
        return response;
    }

    @Override
    public int await() throws InterruptedException, BrokenBarrierException {
        return (int) await(WaitNanos.FOREVER).getArrival();
    }

    @Override
    public int await(Duration timeout)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        Response response = await(WaitNanos.of(timeout));
        if (response.getStatus() == Status.TIMED_OUT) {
            throw new TimeoutException(
                    "not all parties came: name=" + remote.name() + ", timeout=" + timeout);
        }
        return (int) response.getArrival();
    }

    @Override
    public int parties() {
        return parties;
    }

    private Response state() {
        return remote.call(
                remote.request()
                        .setBarrier(
                                BarrierRequest.newBuilder()
                                        .setState(BarrierState.getDefaultInstance())));
    }

    @Override
    public int waiting() {
        return (int) state().getCount();
    }

    @Override
    public boolean isBroken() {
        return state().getIsTrue();
    }

    @Override
    public void reset() {
        Response unused =
                remote.call(
                        remote.request()
                                .setBarrier(
                                        BarrierRequest.newBuilder()
                                                .setReset(BarrierReset.getDefaultInstance())));
    }

    @Override
    public String toString() {
        return remote.toString(
                () -> {
                    Response now = state();
                    return "parties="
                            + parties
                            + (now.getIsTrue() ? ", broken" : ", waiting=" + now.getCount());
                });
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared barrier travels as its handle");
    }
}
