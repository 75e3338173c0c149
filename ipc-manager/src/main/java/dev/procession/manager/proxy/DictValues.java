package dev.procession.manager.proxy;

import dev.procession.manager.proto.Response;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A view of the values of a dict. It removes an entry only as long as that has the value for which
 * it is removed; its iterator removes it in any case, as the JDK's does.
 */
final class DictValues<K, V> extends AbstractCollection<V> {

    private final RemoteDict<K, V> dict;

    DictValues(RemoteDict<K, V> dict) {
        this.dict = dict;
    }

    @Override
    public Iterator<V> iterator() {
        return new DictIterator<>(dict, false) {
            @Override
            V item(K key, Response ofPage, int index) {
                return dict.decode(ofPage.getValues(index));
            }
        };
    }

    @Override
    public int size() {
        return dict.size();
    }

    @Override
    public void clear() {
        dict.clear();
    }

    @Override
    public boolean remove(@Nullable Object value) {
        return dict.removeEntries(entry -> entry.getValue().equals(value), true);
    }

    @Override
    public boolean removeIf(Predicate<? super V> filter) {
        Objects.requireNonNull(filter, "a filter");
        return dict.removeEntries(entry -> filter.test(entry.getValue()), false);
    }

    @Override
    public boolean removeAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeIf(others::contains);
    }

    @Override
    public boolean retainAll(Collection<?> others) {
        Objects.requireNonNull(others, "a collection");
        return removeIf(value -> !others.contains(value));
    }
}
