package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.SharedQueue;
import dev.procession.manager.client.CallStatus;
import dev.procession.manager.proto.Clear;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.LeaseDone;
import dev.procession.manager.proto.LeaseReturn;
import dev.procession.manager.proto.LeaseTake;
import dev.procession.manager.proto.QueueDrain;
import dev.procession.manager.proto.QueueElements;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePeek;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueuePutBack;
import dev.procession.manager.proto.QueueRemaining;
import dev.procession.manager.proto.QueueRemove;
import dev.procession.manager.proto.QueueRequest;
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
import java.util.concurrent.CompletableFuture;
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

    /** Decodes a removed element, or returns null if there is none. */
    private @Nullable E polled(Response response) {
        try {
            return element(response);
        } catch (RuntimeException | Error e) {
            putBack(response, e);
            throw e;
        }
    }

    private E taken(Response response) {
        return Objects.requireNonNull(polled(response));
    }

    /** Puts an element back that cannot be decoded in this process. */
    private void putBack(Response polled, Throwable reason) {
        try {
            Response unused =
                    remote.call(
                            request(
                                    QueueRequest.newBuilder()
                                            .setPutBack(
                                                    QueuePutBack.newBuilder()
                                                            .setElement(polled.getElements(0))
                                                            .setValue(polled.getValue()))));
        } catch (RuntimeException | Error e) { // for example, the server has died
            reason.addSuppressed(e);
        }
    }

    private Request.Builder request(QueueRequest.Builder body) {
        return remote.request().setQueue(body);
    }

    private Request.Builder offering(E element, long nanos) {
        return request(
                QueueRequest.newBuilder()
                        .setOffer(
                                QueueOffer.newBuilder()
                                        .setValue(remote.value(element))
                                        .setWaitNanos(nanos)));
    }

    @Override
    public boolean offer(E element) {
        return CallStatus.isOk(remote.call(offering(element, 0)));
    }

    @Override
    public CompletableFuture<Boolean> offerAsync(E element) {
        return remote.callAsync(offering(element, 0), CallStatus::isOk);
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

    @Override
    public CompletableFuture<@Nullable Void> putAsync(E element) {
        return remote.callAsync(offering(element, WaitNanos.FOREVER), response -> null);
    }

    private Request.Builder polling(long nanos) {
        return request(
                QueueRequest.newBuilder().setPoll(QueuePoll.newBuilder().setWaitNanos(nanos)));
    }

    @Override
    public @Nullable E poll() {
        return polled(remote.call(polling(0)));
    }

    @Override
    public CompletableFuture<@Nullable E> pollAsync() {
        return remote.callAsync(polling(0), this::polled);
    }

    @Override
    public @Nullable E poll(long time, TimeUnit unit) throws InterruptedException {
        return polled(remote.callInterruptibly(polling(WaitNanos.of(time, unit))));
    }

    @Override
    public E take() throws InterruptedException {
        return taken(remote.callInterruptibly(polling(WaitNanos.FOREVER)));
    }

    @Override
    public CompletableFuture<E> takeAsync() {
        return remote.callAsync(polling(WaitNanos.FOREVER), this::taken);
    }

    @Override
    public @Nullable E peek() {
        return element(
                remote.call(
                        remote.request()
                                .setQueue(
                                        QueueRequest.newBuilder()
                                                .setPeek(QueuePeek.getDefaultInstance()))));
    }

    @Override
    public int size() {
        return Remote.size(remote.call(remote.sizeRequest()));
    }

    @Override
    public int remainingCapacity() {
        Request.Builder request =
                remote.request()
                        .setQueue(
                                QueueRequest.newBuilder()
                                        .setRemaining(QueueRemaining.getDefaultInstance()));
        return (int) Math.max(0, remote.call(request).getCount());
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
                    remote.call(
                            remote.request()
                                    .setQueue(
                                            QueueRequest.newBuilder()
                                                    .setDrain(
                                                            QueueDrain.newBuilder()
                                                                    .setMaxElements(
                                                                            (long) most - count))));
            count += transfer(page, into);
            more = page.getMore();
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
            List<Long> numbers = page.getElementsList();
            done(numbers.subList(0, added));
            giveBack(numbers.subList(added, numbers.size()));
        }
        return added;
    }

    private void done(List<Long> leases) {
        if (!leases.isEmpty()) {
            Response unused =
                    remote.call(
                            remote.request()
                                    .setQueue(
                                            QueueRequest.newBuilder()
                                                    .setLeaseDone(
                                                            LeaseDone.newBuilder()
                                                                    .addAllElements(leases))));
        }
    }

    private void giveBack(List<Long> leases) {
        if (!leases.isEmpty()) {
            Response unused =
                    remote.call(
                            remote.request()
                                    .setQueue(
                                            QueueRequest.newBuilder()
                                                    .setLeaseReturn(
                                                            LeaseReturn.newBuilder()
                                                                    .addAllElements(leases))));
        }
    }

    @Override
    public void clear() {
        Response unused =
                remote.call(
                        remote.request()
                                .setCollection(
                                        CollectionRequest.newBuilder()
                                                .setClear(Clear.getDefaultInstance())));
    }

    @Override
    public Optional<Lease<E>> lease(Duration timeout) throws InterruptedException {
        QueueLease<E> lease = new QueueLease<>(remote);
        Optional<Lease<E>> granted = Optional.of(lease);
        Response response =
                remote.callInterruptibly(
                        remote.request()
                                .setQueue(
                                        QueueRequest.newBuilder()
                                                .setLeaseTake(
                                                        LeaseTake.newBuilder()
                                                                .setWaitNanos(
                                                                        WaitNanos.of(timeout)))));
        E element;
        try {
            element = element(response);
        } catch (RuntimeException | Error e) {
            try {
                giveBack(response.getElementsList());
            } catch (RuntimeException | Error failed) { // for example, the server has died
                e.addSuppressed(failed);
            }
            throw e;
        }
        if (element == null) {
            return Optional.empty();
        }
        lease.granted(response.getElements(0), element);
        return granted;
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
            page =
                    remote.call(
                            remote.request()
                                    .setQueue(
                                            QueueRequest.newBuilder()
                                                    .setElements(
                                                            QueueElements.newBuilder()
                                                                    .setAfterElement(last))));
            pages.add(page);
            if (page.getMore()) {
                last = page.getElements(page.getElementsCount() - 1);
            }
        } while (page.getMore());
        return new Elements(pages);
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
        private final List<Long> numbers = new ArrayList<>();
        private final List<ByteString> values = new ArrayList<>();
        private int next;
        private boolean removable;

        Elements(List<Response> pages) {
            for (Response page : pages) {
                numbers.addAll(page.getElementsList());
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
                            remote.request()
                                    .setQueue(
                                            QueueRequest.newBuilder()
                                                    .setRemove(
                                                            QueueRemove.newBuilder()
                                                                    .setElement(
                                                                            numbers.get(
                                                                                    next - 1)))))
                    .getDone();
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
