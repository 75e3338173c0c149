package dev.procession.pool.dispatch;

import dev.procession.core.Codec;
import dev.procession.core.lane.Payload;
import dev.procession.core.transfer.TaskOutcome;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * How a task has ended, as the dispatcher knows it. Delivering the outcome may run code of the user
 * (decoding, dependent actions), so some other thread does that.
 */
public interface Settlement {

    /** Completes the future. What this throws fails the future. */
    void deliver(TaskPromise future) throws Throwable;

    /** Gives back what it holds, when there was another verdict first. */
    default void discard() {}

    /** What a worker sent. */
    record Sent(boolean returned, Payload payload, Codec codec) implements Settlement {
        @Override
        public void deliver(TaskPromise future) throws IOException {
            if (future.isDone()) {
                discard(); // cancelled, or out of time: nobody wants the value
                return;
            }
            TaskOutcome outcome = new TaskOutcome(returned, payload.take());
            if (returned) {
                future.returned(outcome.value(codec));
            } else {
                future.failed(outcome.thrown(codec));
            }
        }

        @Override
        public void discard() {
            payload.discard();
        }
    }

    /** What needs no decoding. */
    record Value(Payload payload) implements Settlement {
        @Override
        public void deliver(TaskPromise future) throws IOException {
            if (future.isDone()) {
                discard();
            } else {
                future.returned(payload.take());
            }
        }

        @Override
        public void discard() {
            payload.discard();
        }
    }

    /** A failure of the pool's, made when it is told. */
    record Failed(Supplier<? extends Throwable> failure) implements Settlement {
        @Override
        public void deliver(TaskPromise future) {
            future.failed(failure.get());
        }
    }
}
