package dev.procession.pool.dispatch;

import dev.procession.core.Codec;
import dev.procession.core.lane.Payload;
import dev.procession.core.transfer.FailureCodec;
import dev.procession.pool.protocol.TaskOrigin;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * How a task has ended. Delivering it decodes the result and runs dependent actions, both of which
 * are the user's code, so the dispatcher's thread leaves that to another one.
 */
public interface Settlement {

    /** Completes the future. What this throws fails the future. */
    void deliver(TaskPromise future) throws Throwable;

    /** Frees what it holds, if it is not delivered. */
    default void discard() {}

    /** Returns the index of the worker that ran the task last; less than 0 if none did. */
    int worker();

    /**
     * What a worker sent, encoded.
     *
     * @param returned whether the task returned
     * @param payload what it returned or threw
     * @param codec what decodes it
     * @param worker the index of the worker
     * @param origin where the task threw, for {@link TaskOrigin}; empty if it returned
     */
    record Sent(boolean returned, Payload payload, Codec codec, int worker, String origin)
            implements Settlement {
        @Override
        public void deliver(TaskPromise future) throws IOException {
            if (future.isDone()) {
                discard(); // cancelled, or out of time
                return;
            }
            if (returned) {
                future.returned(payload.decode(codec::decode));
            } else {
                Throwable thrown = decodeThrown();
                TaskOrigin.addTo(thrown, origin);
                future.failed(thrown, worker);
            }
        }

        /** Decodes what the task threw. */
        Throwable decodeThrown() throws IOException {
            return payload.decode(bytes -> FailureCodec.decode(bytes, codec));
        }

        @Override
        public void discard() {
            payload.discard();
        }
    }

    /**
     * What a task has thrown that may run again: it is decided first whether it does.
     *
     * @param thrown what its future gets if it does not
     */
    record Undecided(Sent thrown) implements Settlement {
        @Override
        public void deliver(TaskPromise future) throws IOException {
            thrown.deliver(future);
        }

        @Override
        public void discard() {
            thrown.discard();
        }

        @Override
        public int worker() {
            return thrown.worker();
        }
    }

    /** An array of bytes, which is the result as it is. */
    record Value(Payload payload, int worker) implements Settlement {
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

    /** A failure that the pool makes, when it is delivered. */
    record Failed(Supplier<? extends Throwable> failure, int worker) implements Settlement {

        /** The worker of a task that no worker ran. */
        static final int NO_WORKER = -1;

        @Override
        public void deliver(TaskPromise future) {
            future.failed(failure.get(), worker);
        }
    }
}
