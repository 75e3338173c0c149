package dev.procession.manager.proxy;

import dev.procession.manager.proto.Response;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Predicate;

/** A view of the keys of a dict; it reads no values. */
final class DictKeys<K, V> extends DictView<K, V, K> {

    DictKeys(RemoteDict<K, V> dict) {
        super(dict);
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
    public boolean contains(Object key) {
        return dict.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
        return dict.removeKey(key);
    }

    @Override
    public boolean removeIf(Predicate<? super K> filter) {
        Objects.requireNonNull(filter, "a filter");
        return dict.removeKeys(filter);
    }
}
