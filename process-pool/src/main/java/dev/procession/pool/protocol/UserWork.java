package dev.procession.pool.protocol;

import dev.procession.core.Codec;
import dev.procession.core.UnserializableException;
import dev.procession.core.launch.MemoryCode;
import dev.procession.core.transfer.Transfers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Explains why a task of the user cannot be sent, in terms of the user's code. */
public final class UserWork {

    private UserWork() {}

    /**
     * Refuses objects in which other classes of the JDK wrap the user's code, and code that no
     * worker can load.
     *
     * @throws UnserializableException with what to do instead
     */
    public static void check(Object work) {
        if (work instanceof CompletableFuture.AsynchronousCompletionTask) {
            throw refusal(
                    work,
                    "CompletableFuture's supplyAsync, runAsync and ...Async wrap code in an object"
                            + " of this process; use submit(...) of the pool, whose future is a"
                            + " CompletableFuture");
        }
        if (work instanceof FutureTask) {
            throw refusal(
                    work,
                    "a FutureTask, as ExecutorCompletionService makes it, belongs to this process;"
                            + " use submit(...) of the pool, and Futures.asCompleted(...) for"
                            + " results as they come");
        }
        MemoryCode.refuse(work);
    }

    private static UnserializableException refusal(Object work, String reason) {
        String name = work.getClass().getName();
        return new UnserializableException("cannot send " + name + ": " + reason, "", name, null);
    }

    /**
     * Finds the part that prevents a whole from being sent, so that the message names the user's
     * object and not the pool's.
     *
     * @return why the first part that cannot be sent cannot; null if each part can be sent
     */
    public static @Nullable UnserializableException obstacle(
            Codec codec, Iterable<? extends @Nullable Object> parts) {
        for (Object part : parts) {
            try {
                Transfers.pack(codec, part).takeBack();
            } catch (UnserializableException e) {
                return e;
            }
        }
        return null;
    }
}
