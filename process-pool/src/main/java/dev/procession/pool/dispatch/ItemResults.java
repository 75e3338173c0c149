package dev.procession.pool.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Makes what a stream gives for each item when a failure does not end the stream. The face
 * implements it.
 *
 * @param <S> what the stream gives
 */
public interface ItemResults<S> {

    /**
     * An item has a result.
     *
     * @param index the item's place among the items
     */
    S returned(long index, @Nullable Object value);

    /**
     * An item has failed.
     *
     * @param index the item's place among the items
     */
    S failed(long index, Throwable failure);

    /** Whether a failure concerns no item but all that follow, as when no worker can be started. */
    boolean endsAll(Throwable failure);
}
