package dev.procession.pool;

import dev.procession.core.Codec;
import dev.procession.core.failure.Outcome;
import java.util.function.Supplier;

/**
 * How a task has ended, as the dispatcher knows it. Telling the future may run code of the user
 * (decoding, dependent actions), so some other thread does that.
 */
interface Verdict {

    /** Tells the future. What this throws fails the future. */
    void tell(TaskFuture<Object> future) throws Throwable;

    /** What a worker sent. */
    record Sent(Outcome outcome, Codec codec) implements Verdict {
        @Override
        public void tell(TaskFuture<Object> future) {
            if (future.isDone()) {
                return; // cancelled, or out of time: nobody wants the value
            }
            if (outcome.isSuccess()) {
                future.returned(outcome.value(codec));
            } else {
                future.completeExceptionally(outcome.thrown(codec));
            }
        }
    }

    /** What needs no decoding. */
    record Value(Object value) implements Verdict {
        @Override
        public void tell(TaskFuture<Object> future) {
            future.returned(value);
        }
    }

    /** A failure of the pool's, made when it is told. */
    record Failed(Supplier<? extends Throwable> failure) implements Verdict {
        @Override
        public void tell(TaskFuture<Object> future) {
            future.completeExceptionally(failure.get());
        }
    }
}
