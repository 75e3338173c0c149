package dev.procession.manager;

import com.google.protobuf.ByteString;
import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy of a queue. */
@SuppressWarnings("unchecked") // the server keeps what this type put there
final class RemoteQueue<E> extends AbstractQueue<E> implements SharedQueue<E>, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;

    RemoteQueue(Remote remote) {
        this.remote = remote;
    }

    private @Nullable E element(Response response) {
        return (E) remote.valueOf(response);
    }

    private Request.Builder offering(E element, long nanos) {
        return remote.request(Operation.OFFER).setValue(remote.value(element)).setNanos(nanos);
    }

    @Override
    public boolean offer(E element) {
        return ManagerClient.isOk(remote.call(offering(element, 0)));
    }

    @Override
    public boolean offer(E element, long time, TimeUnit unit) throws InterruptedException {
        return ManagerClient.isOk(
                remote.callInterruptibly(offering(element, Nanos.of(time, unit))));
    }

    @Override
    public void put(E element) throws InterruptedException {
        Response unused = remote.callInterruptibly(offering(element, Nanos.FOREVER));
    }

    private Request.Builder polling(long nanos) {
        return remote.request(Operation.POLL).setNanos(nanos);
    }

    @Override
    public @Nullable E poll() {
        return element(remote.call(polling(0)));
    }

    @Override
    public @Nullable E poll(long time, TimeUnit unit) throws InterruptedException {
        return element(remote.callInterruptibly(polling(Nanos.of(time, unit))));
    }

    @Override
    public E take() throws InterruptedException {
        return Objects.requireNonNull(element(remote.callInterruptibly(polling(Nanos.FOREVER))));
    }

    @Override
    public @Nullable E peek() {
        return element(remote.call(Operation.PEEK));
    }

    @Override
    public int size() {
        return (int) remote.call(Operation.SIZE).getNumber();
    }

    @Override
    public int remainingCapacity() {
        return (int) Math.max(0, remote.call(Operation.REMAINING).getNumber());
    }

    @Override
    public int drainTo(Collection<? super E> into) {
        return drainTo(into, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super E> into, int most) {
        Objects.requireNonNull(into, "a collection");
        if (into == this) {
            throw new IllegalArgumentException("a queue is not drained into itself");
        }
        int count = 0;
        boolean more = true;
        while (more && count < most) {
            Response page =
                    remote.call(remote.request(Operation.DRAIN).setNumber((long) most - count));
            for (ByteString value : page.getValuesList()) {
                into.add((E) Objects.requireNonNull(remote.decode(value)));
                count++;
            }
            more = page.getFlag();
        }
        return count;
    }

    @Override
    public void clear() {
        Response unused = remote.call(Operation.CLEAR);
    }

    @Override
    public Optional<Lease<E>> lease(Duration timeout) throws InterruptedException {
        Response response =
                remote.callInterruptibly(
                        remote.request(Operation.LEASE).setNanos(Nanos.of(timeout)));
        E element = element(response);
        return element == null
                ? Optional.empty()
                : Optional.of(new QueueLease<>(remote, response.getVersion(), element));
    }

    @Override
    public Iterator<E> iterator() {
        List<Response> pages = new ArrayList<>();
        long place = 0;
        Response page;
        do {
            page = remote.call(remote.request(Operation.LIST_ELEMENTS).setNumber(place));
            pages.add(page);
            place += page.getValuesCount();
        } while (page.getFlag());
        return new Elements(pages);
    }

    /** What was there when it was asked for. */
    private final class Elements implements Iterator<E> {
        private final List<ByteString> numbers = new ArrayList<>();
        private final List<ByteString> values = new ArrayList<>();
        private int next;
        private boolean removable;

        Elements(List<Response> pages) {
            for (Response page : pages) {
                numbers.addAll(page.getKeysList());
                values.addAll(page.getValuesList());
            }
        }

        @Override
        public boolean hasNext() {
            return next < values.size();
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            removable = true;
            return (E) Objects.requireNonNull(remote.decode(values.get(next++)));
        }

        @Override
        public void remove() {
            if (!removable) {
                throw new IllegalStateException("no element to remove: next() comes first");
            }
            removable = false;
            long number = Long.parseLong(numbers.get(next - 1).toStringUtf8());
            Response unused =
                    remote.call(remote.request(Operation.REMOVE_ELEMENT).setVersion(number));
        }
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared queue travels as its handle");
    }
}
