package dev.procession.pool.dispatch;

import dev.procession.core.launch.ThreadStack;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Where a task was, as its worker has answered; or why that is not known.
 *
 * @param stack the stack of the worker's thread; null if it is not known
 * @param reason why it is not known; empty if it is
 */
public record TaskStack(@Nullable ThreadStack stack, String reason) {

    private static final StackTraceElement[] NO_FRAMES = {};

    /** The answer has not come in time. */
    static TaskStack late(String waited) {
        return new TaskStack(
                null,
                "the process did not answer within "
                        + waited
                        + "; it may be stopped, or short of memory or processors");
    }

    /**
     * Reads the answer of a worker that was asked while it ran a task.
     *
     * @param messageId the id under which the task was sent
     * @param answer the answer, which has come
     */
    static TaskStack of(long messageId, CompletableFuture<byte[]> answer) {
        TaskStack any = of(answer);
        boolean isOther = any.stack != null && any.stack.work() != messageId;
        return isOther ? new TaskStack(null, "the task ended just then") : any;
    }

    /** Reads the answer of a worker, which has come. */
    static TaskStack of(CompletableFuture<byte[]> answer) {
        try {
            return new TaskStack(ThreadStack.decode(answer.join()), "");
        } catch (CompletionException e) {
            return new TaskStack(null, String.valueOf(e.getCause().getMessage()));
        } catch (IOException e) {
            return new TaskStack(null, String.valueOf(e.getMessage()));
        }
    }

    /** Returns the frames, innermost first; none if they are not known. */
    public StackTraceElement[] trace() {
        return stack == null ? NO_FRAMES : stack.trace();
    }

    /** Returns the stack as a thread dump shows it, or why it is not known. */
    public String text() {
        return stack == null ? "where it was is not known: " + reason : stack.text();
    }

    /** Returns the end of a message: the whole text. */
    String paragraph() {
        return (stack == null ? "; " : "; it was here:\n") + text();
    }

    /** Returns the part of a message that goes with {@link #trace}. */
    public String summary() {
        return stack == null ? text() : "its thread was " + stack.condition();
    }
}
