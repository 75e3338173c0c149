package dev.procession.manager.proxy;

import dev.procession.manager.proto.Response;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Predicate;

/** A view of the keys of a dict; it reads no values. */
final class DictKeys<K, V> extends AbstractSet<K> {

    private final RemoteDict<K, V> dict;

    DictKeys(RemoteDict<K, V> dict) {
        this.dict = dict;
    }

    @Override
    public Iterator<K> iterator() {
        return new DictIterator<>(dict, true) {
            @Override
            K item(K key, Response ofPage, int index) {
                return key;
            }
        };
    }

    @Override
    public int size() {
        return dict.size();
    }

    @Override
    public boolean contains(Object key) {
        return dict.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
        return dict.removeKey(key);
    }

    @Override
    public void clear() {
        dict.clear();
    }

    @Override
    public boolean removeIf(Predicate<? super K> filter) {
        Objects.requireNonNull(filter, "a filter");
        return dict.removeKeys(filter);
    }

    @Override
    public boolean removeAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        if (size() <= others.size()) {
            return removeIf(others::contains);
        }
        boolean removed = false;
        for (Object other : others) {
            removed |= remove(other);
        }
        return removed;
    }

    @Override
    public boolean retainAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeIf(each -> !others.contains(each));
    }
}
