package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import java.util.AbstractMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over a dict as it was at the beginning. An entry's {@code setValue} puts the value into
 * the dict.
 */
@SuppressWarnings("unchecked") // the server keeps what this type put there
final class DictIterator<K, V> implements Iterator<Map.Entry<K, V>> {

    private final RemoteDict<K, V> dict;
    private final Pages pages;
    private Response page;
    private int next;
    private @Nullable K returned;

    DictIterator(RemoteDict<K, V> dict) {
        this.dict = dict;
        this.pages = new Pages(dict.remote());
        this.page = pages.first();
    }

    @Override
    public boolean hasNext() {
        while (next == page.getKeysCount() && page.getMore()) {
            page = pages.next(page);
            next = 0;
        }
        return next < page.getKeysCount();
    }

    @Override
    public Map.Entry<K, V> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ByteString value = page.getValues(next);
        K key = (K) dict.remote().decodeKey(page.getKeys(next++));
        returned = key;
        return new Live(key, (V) Objects.requireNonNull(dict.remote().decode(value)));
    }

    @Override
    public void remove() {
        if (returned == null) {
            throw new IllegalStateException("no entry to remove: next() comes first");
        }
        boolean unused = dict.removeKey(returned);
        returned = null;
    }

    /** An entry whose changes go to the dict. */
    private final class Live extends AbstractMap.SimpleEntry<K, V> {

        private static final long serialVersionUID = 1L;

        Live(K key, V value) {
            super(key, value);
        }

        @Override
        public V setValue(V value) {
            dict.set(getKey(), value);
            return super.setValue(value);
        }
    }
}
