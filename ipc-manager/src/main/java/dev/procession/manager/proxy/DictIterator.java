package dev.procession.manager.proxy;

import dev.procession.manager.proto.Response;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Iterates over a dict as it was at the beginning.
 *
 * @param <K> the keys
 * @param <T> what it returns of each entry
 */
@SuppressWarnings("unchecked") // the server keeps what the dict's own type put there
abstract class DictIterator<K, T> implements Iterator<T> {

    private final RemoteDict<K, ?> dict;
    private final Pages pages;
    private Response page;
    private int next;
    private @Nullable K returned;

    /**
     * Reads the first page.
     *
     * @param keysOnly the pages have no values
     */
    DictIterator(RemoteDict<K, ?> dict, boolean keysOnly) {
        this.dict = dict;
        this.pages = new Pages(dict.remote(), keysOnly);
        this.page = pages.first();
    }

    /**
     * Returns what the caller gets of an entry.
     *
     * @param index the place of the entry in its page
     */
    abstract T item(K key, Response ofPage, int index);

    @Override
    public final boolean hasNext() {
        while (next == page.getKeysCount() && page.getMore()) {
            page = pages.next(page);
            next = 0;
        }
        return next < page.getKeysCount();
    }

    @Override
    public final T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int index = next++;
        K key = (K) dict.remote().decodeKey(page.getKeys(index));
        returned = key;
        return item(key, page, index);
    }

    @Override
    public final void remove() {
        if (returned == null) {
            throw new IllegalStateException("no entry to remove: next() comes first");
        }
        boolean unused = dict.removeKey(returned);
        returned = null;
    }
}
