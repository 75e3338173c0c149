package dev.procession.manager.proxy;

import dev.procession.manager.proto.Response;
import java.util.AbstractSet;
import java.util.Iterator;

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
}
