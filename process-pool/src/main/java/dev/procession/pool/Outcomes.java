package dev.procession.pool;

import dev.procession.pool.dispatch.ItemResults;
import org.jspecify.annotations.Nullable;

/** Makes outcomes, whose constructor is not public. */
final class Outcomes<R extends @Nullable Object> implements ItemResults<Outcome<R>> {

    @Override
    public Outcome<R> returned(long index, @Nullable Object value) {
        @SuppressWarnings("unchecked") // what a function of R has returned
        R result = (R) value;
        return new Outcome<>(index, result, null);
    }

    @Override
    public Outcome<R> failed(long index, Throwable failure) {
        @SuppressWarnings("unchecked") // null, which no method returns
        R none = (R) null;
        return new Outcome<>(index, none, failure);
    }

    @Override
    public boolean endsAll(Throwable failure) {
        return failure instanceof BrokenProcessPoolException;
    }
}
