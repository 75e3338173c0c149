package dev.procession.manager.proxy;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A view of a dict as a set. What removes several elements goes through {@link #removeIf}, which
 * removes only what was chosen, whatever other processes do meanwhile.
 */
abstract class DictView<K, V, E> extends AbstractSet<E> {

    final RemoteDict<K, V> dict;

    DictView(RemoteDict<K, V> dict) {
        this.dict = dict;
    }

    @Override
    public abstract boolean removeIf(Predicate<? super E> filter);

    @Override
    public final int size() {
        return dict.size();
    }

    @Override
    public final void clear() {
        dict.clear();
    }

    @Override
    public final boolean removeAll(Collection<?> others) {
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
    public final boolean retainAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeIf(each -> !others.contains(each));
    }
}
