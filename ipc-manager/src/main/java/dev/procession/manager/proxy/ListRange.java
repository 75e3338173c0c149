package dev.procession.manager.proxy;

import java.util.AbstractList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list, by indices. It does as the JDK's, but sorts and replaces all its elements in
 * one step: the JDK's reads them first and sets one after the other, over what others have set
 * meanwhile.
 */
final class ListRange<E> extends AbstractList<E> {

    private final RemoteList<E> list;
    private final List<E> range;
    private final int from;

    /**
     * Makes a view.
     *
     * @param range the JDK's view of the same elements
     * @param from the index of the first one in the whole list
     */
    ListRange(RemoteList<E> list, List<E> range, int from) {
        this.list = list;
        this.range = range;
        this.from = from;
    }

    @Override
    public int size() {
        return range.size();
    }

    @Override
    public E get(int index) {
        return range.get(index);
    }

    @Override
    public E set(int index, E element) {
        return range.set(index, element);
    }

    @Override
    public void add(int index, E element) {
        range.add(index, element);
    }

    @Override
    public E remove(int index) {
        return range.remove(index);
    }

    @Override
    protected void removeRange(int first, int end) {
        range.subList(first, end).clear();
    }

    @Override
    public void sort(@Nullable Comparator<? super E> order) {
        list.changeRange(from, from + size(), elements -> elements.sort(order));
    }

    @Override
    public void replaceAll(UnaryOperator<E> operator) {
        Objects.requireNonNull(operator, "an operator");
        list.changeRange(from, from + size(), elements -> elements.replaceAll(operator));
    }

    @Override
    public Iterator<E> iterator() {
        return range.listIterator();
    }

    @Override
    public ListIterator<E> listIterator(int index) {
        return range.listIterator(index);
    }

    @Override
    public List<E> subList(int first, int end) {
        return new ListRange<>(list, range.subList(first, end), from + first);
    }
}
