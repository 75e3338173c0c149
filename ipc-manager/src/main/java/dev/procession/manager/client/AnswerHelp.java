package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import java.util.concurrent.CompletableFuture;

/** How a thread that waits for an asynchronous answer takes part in reading answers. */
interface AnswerHelp {

    /** For an answer that no thread waits for. */
    AnswerHelp NONE =
            new AnswerHelp() {
                @Override
                public boolean help(CompletableFuture<?> wanted, Timeout limit) {
                    return wanted.isDone();
                }

                @Override
                public void fallAsleep() {}

                @Override
                public void wakeUp() {}
            };

    /**
     * Reads answers until a future is done, for a while.
     *
     * @param limit how long at most the caller would wait
     * @return whether the future is done
     */
    boolean help(CompletableFuture<?> wanted, Timeout limit);

    /** The calling thread is about to sleep until another thread has read its answer. */
    void fallAsleep();

    /** The calling thread sleeps no more. */
    void wakeUp();
}
