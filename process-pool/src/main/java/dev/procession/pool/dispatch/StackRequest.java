package dev.procession.pool.dispatch;

import dev.procession.core.launch.ChildJvm;
import dev.procession.core.time.Timeout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks a worker where its task is, before the task is interrupted or the worker is killed. The
 * answer is awaited for a bounded time, for the worker may be stopped; nothing else waits for it.
 */
final class StackRequest {

    /** How long the answer is awaited. */
    static final long BOUND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final String BOUND = TimeUnit.NANOSECONDS.toMillis(BOUND_NANOS) + " ms";

    /** Names the task, which must not be kept when it is over. */
    private final long messageId;

    private final Timeout bound = Timeout.ofNanos(BOUND_NANOS);
    private final CompletableFuture<byte[]> answer;

    /** Whether the answer was awaited in vain; what comes later does not count. */
    private volatile boolean late;

    /**
     * Asks.
     *
     * @param task a task that the worker has begun
     * @param worker its process
     * @param whenAnswered called by the link server's thread
     */
    StackRequest(Task task, ChildJvm worker, Runnable whenAnswered) {
        this.messageId = task.messageId();
        this.answer = worker.requestStack();
        CompletableFuture<byte[]> unused =
                answer.whenComplete((stack, failure) -> whenAnswered.run());
    }

    boolean isAbout(Task task) {
        return messageId == task.messageId();
    }

    /** Whether the answer has come, or is awaited no longer; called under the pool's lock. */
    boolean isOver() {
        if (!answer.isDone() && bound.isOver()) {
            late = true;
        }
        return late || answer.isDone();
    }

    /** Returns for how long the answer is awaited at most. */
    long remainingNanos() {
        return bound.remainingNanos();
    }

    /** Reads the answer; called by any thread once it {@linkplain #isOver is over}. */
    TaskStack stack() {
        return late ? TaskStack.late(BOUND) : TaskStack.of(messageId, answer);
    }
}
