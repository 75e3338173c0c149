package dev.procession.manager.proxy;

import dev.procession.manager.SharedEvent;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.EventAwait;
import dev.procession.manager.proto.EventClear;
import dev.procession.manager.proto.EventIsSet;
import dev.procession.manager.proto.EventRequest;
import dev.procession.manager.proto.EventSet;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.WaitNanos;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/** A proxy of an event. */
final class RemoteEvent implements SharedEvent, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;

    RemoteEvent(Remote remote) {
        this.remote = remote;
    }

    @Override
    public void set() {
        Response unused =
                remote.call(
                        remote.request()
                                .setEvent(
                                        EventRequest.newBuilder()
                                                .setSet(EventSet.getDefaultInstance())));
    }

    @Override
    public void clear() {
        Response unused =
                remote.call(
                        remote.request()
                                .setEvent(
                                        EventRequest.newBuilder()
                                                .setClear(EventClear.getDefaultInstance())));
    }

    @Override
    public boolean isSet() {
        return remote.call(
                        remote.request()
                                .setEvent(
                                        EventRequest.newBuilder()
                                                .setIsSet(EventIsSet.getDefaultInstance())))
                .getIsTrue();
    }

    @Override
    public void await() throws InterruptedException {
        boolean unused = awaitNanos(WaitNanos.FOREVER);
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
        return awaitNanos(WaitNanos.of(timeout));
    }

    private boolean awaitNanos(long nanos) throws InterruptedException {
        return CallStatus.isOk(
                remote.callInterruptibly(
                        remote.request()
                                .setEvent(
                                        EventRequest.newBuilder()
                                                .setAwait(
                                                        EventAwait.newBuilder()
                                                                .setWaitNanos(nanos)))));
    }

    @Override
    public String toString() {
        return remote.toString(() -> isSet() ? "set" : "not set");
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared event travels as its handle");
    }
}
