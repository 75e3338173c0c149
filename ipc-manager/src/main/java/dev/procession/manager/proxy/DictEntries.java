package dev.procession.manager.proxy;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A view of the entries of a dict. */
final class DictEntries<K, V> extends AbstractSet<Map.Entry<K, V>> {

    private final RemoteDict<K, V> dict;

    DictEntries(RemoteDict<K, V> dict) {
        this.dict = dict;
    }

    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        return new DictIterator<>(dict);
    }

    @Override
    public int size() {
        return dict.size();
    }

    @Override
    public boolean contains(@Nullable Object candidate) {
        if (candidate instanceof Map.Entry<?, ?> entry
                && entry.getKey() != null
                && entry.getValue() != null) {
            return entry.getValue().equals(dict.get(entry.getKey()));
        }
        return false;
    }

    @Override
    public boolean remove(@Nullable Object candidate) {
        return candidate instanceof Map.Entry<?, ?> entry
                && entry.getKey() != null
                && dict.remove(entry.getKey(), entry.getValue());
    }

    @Override
    public void clear() {
        dict.clear();
    }
}
