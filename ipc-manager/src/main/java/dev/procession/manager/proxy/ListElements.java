package dev.procession.manager.proxy;

import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRemove;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.ListSet;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.ListIterator;
import java.util.NoSuchElementException;

/**
 * Iterates over a list as it was at the beginning. It changes the list only as long as no other
 * change was made, because the indices differ afterwards.
 */
final class ListElements<E> implements ListIterator<E> {

    private static final int NONE = -1;

    private final Remote remote;
    private final List<E> elements;
    private long version;
    private int next;
    private int returned = NONE;

    ListElements(Remote remote, List<E> elements, long version, int next) {
        this.remote = remote;
        this.elements = elements;
        this.version = version;
        this.next = next;
    }

    @Override
    public boolean hasNext() {
        return next < elements.size();
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        returned = next++;
        return elements.get(returned);
    }

    @Override
    public boolean hasPrevious() {
        return next > 0;
    }

    @Override
    public E previous() {
        if (!hasPrevious()) {
            throw new NoSuchElementException();
        }
        returned = --next;
        return elements.get(returned);
    }

    @Override
    public int nextIndex() {
        return next;
    }

    @Override
    public int previousIndex() {
        return next - 1;
    }

    @Override
    public void remove() {
        requireReturned();
        ListRemove.Builder removal =
                ListRemove.newBuilder().setFrom(returned).setTo(returned + 1L).setVersion(version);
        change(remote.request().setList(ListRequest.newBuilder().setRemove(removal)));
        E unused = elements.remove(returned);
        next = returned;
        returned = NONE;
    }

    @Override
    public void set(E element) {
        requireReturned();
        change(
                remote.request()
                        .setList(
                                ListRequest.newBuilder()
                                        .setSet(
                                                ListSet.newBuilder()
                                                        .setIndex(returned)
                                                        .setValue(remote.value(element))
                                                        .setVersion(version))));
        E unused = elements.set(returned, element);
    }

    @Override
    public void add(E element) {
        change(
                remote.request()
                        .setList(
                                ListRequest.newBuilder()
                                        .setAdd(
                                                ListAdd.newBuilder()
                                                        .setIndex(next)
                                                        .addValues(remote.value(element))
                                                        .setVersion(version))));
        elements.add(next++, element);
        returned = NONE;
    }

    private void requireReturned() {
        if (returned == NONE) {
            throw new IllegalStateException("no element to change: next() comes first");
        }
    }

    private void change(Request.Builder request) {
        Response response = remote.call(request);
        if (!response.getDone()) {
            throw new ConcurrentModificationException(
                    "the list was changed during this iteration: name=" + remote.name());
        }
        version = response.getVersion();
    }
}
