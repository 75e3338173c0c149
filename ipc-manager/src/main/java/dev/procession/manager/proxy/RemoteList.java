package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.SharedList;
import dev.procession.manager.proto.Clear;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListGet;
import dev.procession.manager.proto.ListRemove;
import dev.procession.manager.proto.ListRemoveRanges;
import dev.procession.manager.proto.ListReplace;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.ListSet;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.Bulk;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A proxy of a list. */
@SuppressWarnings("unchecked") // the server keeps what this type put there
final class RemoteList<E> extends AbstractList<E> implements SharedList<E>, Serializable {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Remote remote;

    RemoteList(Remote remote) {
        this.remote = remote;
    }

    /** The elements at one moment, and the list's version then. */
    private record Content<E>(List<E> elements, long version) {}

    private Response checked(Response response, long index) {
        if (!response.getDone()) {
            throw new IndexOutOfBoundsException("index=" + index + ", size=" + response.getCount());
        }
        return response;
    }

    private E element(ByteString bytes) {
        return (E) Objects.requireNonNull(remote.decode(bytes));
    }

    private Request.Builder request(ListRequest.Builder body) {
        return remote.request().setList(body);
    }

    @Override
    public int size() {
        return Remote.size(remote.call(remote.sizeRequest()));
    }

    @Override
    public CompletableFuture<Integer> sizeAsync() {
        return remote.callAsync(remote.sizeRequest(), Remote::size);
    }

    private Request.Builder getting(int index) {
        return request(ListRequest.newBuilder().setGet(ListGet.newBuilder().setIndex(index)));
    }

    @Override
    public E get(int index) {
        return elementAt(index, remote.call(getting(index)));
    }

    @Override
    public CompletableFuture<E> getAsync(int index) {
        return remote.callAsync(getting(index), response -> elementAt(index, response));
    }

    private Request.Builder setting(int index, E element) {
        return request(
                ListRequest.newBuilder()
                        .setSet(
                                ListSet.newBuilder()
                                        .setIndex(index)
                                        .setValue(remote.value(element))));
    }

    @Override
    public E set(int index, E element) {
        return elementAt(index, remote.call(setting(index, element)));
    }

    @Override
    public CompletableFuture<E> setAsync(int index, E element) {
        return remote.callAsync(setting(index, element), response -> elementAt(index, response));
    }

    private E elementAt(int index, Response response) {
        return element(checked(response, index).getValue());
    }

    @Override
    public boolean add(E element) {
        return add(ListAdd.newBuilder().addValues(remote.value(element)));
    }

    @Override
    public CompletableFuture<Boolean> addAsync(E element) {
        ListAdd.Builder addition = ListAdd.newBuilder().addValues(remote.value(element));
        return remote.callAsync(
                request(ListRequest.newBuilder().setAdd(addition)), response -> true);
    }

    @Override
    public void add(int index, E element) {
        boolean unused = add(at(index).addValues(remote.value(element)));
    }

    @Override
    public boolean addAll(Collection<? extends E> elements) {
        return add(ListAdd.newBuilder().addAllValues(encoded(elements)));
    }

    @Override
    public boolean addAll(int index, Collection<? extends E> elements) {
        return add(at(index).addAllValues(encoded(elements)));
    }

    private static ListAdd.Builder at(int index) {
        if (index < 0) {
            throw new IndexOutOfBoundsException("index=" + index);
        }
        return ListAdd.newBuilder().setIndex(index);
    }

    private List<ByteString> encoded(Collection<? extends E> elements) {
        List<ByteString> values = new ArrayList<>(elements.size());
        for (E element : elements) {
            values.add(remote.value(element));
        }
        return values;
    }

    private boolean add(ListAdd.Builder addition) {
        Response response = remote.call(request(ListRequest.newBuilder().setAdd(addition)));
        Response unused = checked(response, addition.getIndex());
        return addition.getValuesCount() > 0;
    }

    @Override
    public E remove(int index) {
        return elementAt(index, remote.call(removing(index, index + 1L)));
    }

    @Override
    public CompletableFuture<E> removeAsync(int index) {
        return remote.callAsync(
                removing(index, index + 1L), response -> elementAt(index, response));
    }

    private Request.Builder removing(long from, long to) {
        return request(
                ListRequest.newBuilder()
                        .setRemove(ListRemove.newBuilder().setFrom(from).setTo(to)));
    }

    @Override
    protected void removeRange(int from, int to) {
        Response unused = checked(remote.call(removing(from, to)), to);
    }

    @Override
    public boolean remove(@Nullable Object element) {
        while (true) {
            Content<E> content = content();
            int index = element == null ? -1 : content.elements.indexOf(element);
            if (index < 0) {
                return false;
            }
            ListRemove.Builder removal =
                    ListRemove.newBuilder()
                            .setFrom(index)
                            .setTo(index + 1L)
                            .setVersion(content.version);
            if (remote.call(request(ListRequest.newBuilder().setRemove(removal))).getDone()) {
                return true;
            }
        }
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "a filter");
        return removeWhere(filter);
    }

    @Override
    public boolean removeAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeWhere(others::contains);
    }

    @Override
    public boolean retainAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeWhere(element -> !others.contains(element));
    }

    /**
     * Removes elements by the indices that they have at one moment; repeats that if the list was
     * changed meanwhile. If there are too many ranges of them, the list is replaced by the others.
     */
    private boolean removeWhere(Predicate<? super E> which) {
        while (true) {
            Content<E> content = content();
            List<E> rest = new ArrayList<>();
            ListRemoveRanges.Builder ranges = ranges(content.elements, which, rest);
            if (ranges.getFromCount() == 0) {
                return false;
            }
            boolean done =
                    ranges.getFromCount() > Bulk.MAX_ENTRIES
                            ? replace(new Content<>(rest, content.version))
                            : remote.call(
                                            request(
                                                    ListRequest.newBuilder()
                                                            .setRemoveRanges(
                                                                    ranges.setVersion(
                                                                            content.version))))
                                    .getDone();
            if (done) {
                return true;
            }
        }
    }

    /** Returns the ranges of elements that a predicate chooses; adds all others to a list. */
    private static <E> ListRemoveRanges.Builder ranges(
            List<E> elements, Predicate<? super E> which, List<E> others) {
        ListRemoveRanges.Builder ranges = ListRemoveRanges.newBuilder();
        boolean before = false;
        for (int i = 0; i < elements.size(); i++) {
            boolean chosen = which.test(elements.get(i));
            if (chosen && !before) {
                ranges.addFrom(i);
            } else if (before && !chosen) {
                ranges.addTo(i);
            }
            if (!chosen) {
                others.add(elements.get(i));
            }
            before = chosen;
        }
        return before ? ranges.addTo(elements.size()) : ranges;
    }

    @Override
    public void replaceAll(UnaryOperator<E> operator) {
        Objects.requireNonNull(operator, "an operator");
        boolean unused =
                change(
                        elements -> {
                            elements.replaceAll(operator);
                            return true;
                        });
    }

    @Override
    public void sort(@Nullable Comparator<? super E> order) {
        boolean unused =
                change(
                        elements -> {
                            elements.sort(order);
                            return true;
                        });
    }

    /** Changes the elements between two indices, in one step. */
    void changeRange(int from, int to, Consumer<List<E>> changer) {
        boolean unused =
                change(
                        elements -> {
                            changer.accept(elements.subList(from, to));
                            return true;
                        });
    }

    @Override
    public List<E> subList(int from, int to) {
        return new ListRange<>(this, super.subList(from, to), from);
    }

    /**
     * Changes a copy and replaces the list with it; repeats that if the list was changed meanwhile.
     */
    private boolean change(Predicate<List<E>> changer) {
        while (true) {
            Content<E> content = content();
            if (!changer.test(content.elements)) {
                return false;
            }
            if (replace(content)) {
                return true;
            }
        }
    }

    /** Replaces the list unless it was changed; returns whether it did. */
    private boolean replace(Content<E> content) {
        ListReplace.Builder replacement =
                ListReplace.newBuilder()
                        .setVersion(content.version)
                        .addAllValues(encoded(content.elements));
        return remote.call(request(ListRequest.newBuilder().setReplace(replacement))).getDone();
    }

    /** Reads the whole list as it is at one moment. */
    private Content<E> content() {
        List<E> elements = new ArrayList<>();
        Pages pages = new Pages(remote);
        Response page = pages.first();
        long version = page.getVersion();
        page.getValuesList().forEach(value -> elements.add(element(value)));
        while (page.getMore()) {
            page = pages.next(page);
            page.getValuesList().forEach(value -> elements.add(element(value)));
        }
        return new Content<>(elements, version);
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
    public Iterator<E> iterator() {
        return listIterator(0);
    }

    @Override
    public ListIterator<E> listIterator() {
        return listIterator(0);
    }

    @Override
    public ListIterator<E> listIterator(int index) {
        Content<E> content = content();
        if (index < 0 || index > content.elements.size()) {
            throw new IndexOutOfBoundsException(
                    "index=" + index + ", size=" + content.elements.size());
        }
        return new ListElements<>(remote, content.elements, content.version, index);
    }

    @Override
    public Spliterator<E> spliterator() {
        return content().elements.spliterator();
    }

    @Override
    public Object[] toArray() {
        return content().elements.toArray();
    }

    @Override
    public <T> T[] toArray(T[] into) {
        return content().elements.toArray(into);
    }

    @Override
    public int indexOf(@Nullable Object element) {
        return content().elements.indexOf(element);
    }

    @Override
    public int lastIndexOf(@Nullable Object element) {
        return content().elements.lastIndexOf(element);
    }

    @Override
    public boolean contains(@Nullable Object element) {
        return indexOf(element) >= 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this || content().elements.equals(other);
    }

    @Override
    public int hashCode() {
        return content().elements.hashCode();
    }

    @Override
    public String toString() {
        return content().elements.toString();
    }

    @Serial
    private Object writeReplace() {
        return remote.handle();
    }

    @Serial
    private void readObject(ObjectInputStream stream) throws IOException {
        throw new InvalidObjectException("a shared list travels as its handle");
    }
}
