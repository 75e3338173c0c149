package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.SharedQueue;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.WaitNanos;
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
import java.util.function.Predicate;
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
        return CallStatus.isOk(remote.call(offering(element, 0)));
    }

    @Override
    public boolean offer(E element, long time, TimeUnit unit) throws InterruptedException {
        return CallStatus.isOk(
                remote.callInterruptibly(offering(element, WaitNanos.of(time, unit))));
    }

    @Override
    public void put(E element) throws InterruptedException {
        Response unused = remote.callInterruptibly(offering(element, WaitNanos.FOREVER));
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
        return element(remote.callInterruptibly(polling(WaitNanos.of(time, unit))));
    }

    @Override
    public E take() throws InterruptedException {
        return Objects.requireNonNull(
                element(remote.callInterruptibly(polling(WaitNanos.FOREVER))));
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
            count += transfer(page, into);
            more = page.getFlag();
        }
        return count;
    }

    /** Moves a leased page; the elements that the target refuses return to the queue. */
    private int transfer(Response page, Collection<? super E> into) {
        int added = 0;
        try {
            for (ByteString value : page.getValuesList()) {
                boolean unused = into.add((E) Objects.requireNonNull(remote.decode(value)));
                added++;
            }
        } finally {
            List<ByteString> numbers = page.getKeysList();
            end(Operation.LEASE_DONE, numbers.subList(0, added));
            end(Operation.LEASE_RETURN, numbers.subList(added, numbers.size()));
        }
        return added;
    }

    private void end(Operation operation, List<ByteString> leases) {
        if (!leases.isEmpty()) {
            Response unused = remote.call(remote.request(operation).addAllKeys(leases));
        }
    }

    @Override
    public void clear() {
        Response unused = remote.call(Operation.CLEAR);
    }

    @Override
    public Optional<Lease<E>> lease(Duration timeout) throws InterruptedException {
        Response response =
                remote.callInterruptibly(
                        remote.request(Operation.LEASE).setNanos(WaitNanos.of(timeout)));
        E element = element(response);
        return element == null
                ? Optional.empty()
                : Optional.of(new QueueLease<>(remote, response.getVersion(), element));
    }

    @Override
    public Iterator<E> iterator() {
        return elements();
    }

    private Elements elements() {
        List<Response> pages = new ArrayList<>();
        long last = 0;
        Response page;
        do {
            page = remote.call(remote.request(Operation.LIST_ELEMENTS).setVersion(last));
            pages.add(page);
            if (page.getFlag()) {
                last = number(page.getKeys(page.getKeysCount() - 1));
            }
        } while (page.getFlag());
        return new Elements(pages);
    }

    private static long number(ByteString text) {
        return Long.parseLong(text.toStringUtf8());
    }

    @Override
    public boolean remove(@Nullable Object element) {
        Elements elements = elements();
        while (elements.hasNext()) {
            if (elements.next().equals(element) && elements.removeLast()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "a filter");
        boolean removed = false;
        Elements elements = elements();
        while (elements.hasNext()) {
            if (filter.test(elements.next())) {
                removed |= elements.removeLast();
            }
        }
        return removed;
    }

    @Override
    public boolean removeAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeIf(others::contains);
    }

    @Override
    public boolean retainAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeIf(element -> !others.contains(element));
    }

    /** The elements that the queue had at the beginning. */
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
            boolean unused = removeLast(); // if it was taken meanwhile, it is gone as well
        }

        /**
         * Removes the last element that {@link #next} returned; returns false if it was taken
         * before.
         */
        boolean removeLast() {
            return remote.call(
                            remote.request(Operation.REMOVE_ELEMENT)
                                    .setVersion(number(numbers.get(next - 1))))
                    .getFlag();
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
