package dev.procession.manager.proxy;

import dev.procession.manager.proto.Response;
import java.util.AbstractMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A view of the entries of a dict. An entry's {@code setValue} puts the value into the dict. It
 * removes an entry only with the value for which it is removed; its iterator in any case, as the
 * JDK's does.
 */
final class DictEntries<K, V> extends DictView<K, V, Map.Entry<K, V>> {

    DictEntries(RemoteDict<K, V> dict) {
        super(dict);
    }

    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        return new DictIterator<>(dict, false) {
            @Override
            Map.Entry<K, V> item(K key, Response ofPage, int index) {
                return new Live(key, dict.decode(ofPage.getValues(index)));
            }
        };
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
    public boolean removeIf(Predicate<? super Map.Entry<K, V>> filter) {
        Objects.requireNonNull(filter, "a filter");
        return dict.removeEntries(filter::test, false);
    }
}
