package dev.procession.manager.proxy;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;

/** A view of the keys of a dict. */
final class DictKeys<K, V> extends AbstractSet<K> {

    private final RemoteDict<K, V> dict;

    DictKeys(RemoteDict<K, V> dict) {
        this.dict = dict;
    }

    @Override
    public Iterator<K> iterator() {
        Iterator<Map.Entry<K, V>> entries = new DictIterator<>(dict);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public K next() {
                return entries.next().getKey();
            }

            @Override
            public void remove() {
                entries.remove();
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
}
