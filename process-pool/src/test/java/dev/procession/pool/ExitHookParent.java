package dev.procession.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A program that ends while its pool is busy or idle, with a hook that waits for the pool. */
public final class ExitHookParent {

    static final String READY = "ready: ";
    static final String SUBMITTED = "submitted: ";
    static final String ENDED = "ended: ";
    static final String RETURNED = "returned: ";

    /** What its hook does. */
    enum Hook {
        CLOSE,
        CLOSE_IN_TIME,
        AWAIT
    }

    /** What its pool does. */
    enum Work {
        NONE,
        FOR_A_SECOND,
        FOR_EVER
    }

    private ExitHookParent() {}

    /** Takes the hook, the work, and whether it exits by itself. */
    public static void main(String[] args) throws Exception {
        Hook hook = Hook.valueOf(args[0]);
        Work work = Work.valueOf(args[1]);
        ProcessPoolExecutor pool = new ProcessPoolExecutor(2);
        pool.submit(() -> 1).get();
        if (work != Work.NONE) {
            long millis = work == Work.FOR_EVER ? Integer.MAX_VALUE : 1000;
            CompletableFuture<Void> unused =
                    pool.submit(() -> sleep(millis))
                            .thenAccept(slept -> System.out.println(RETURNED + slept));
            while (pool.stats().running() == 0) {
                Thread.onSpinWait(); // until it runs
            }
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(pool, hook), "a user's hook"));
        System.out.println(READY);
        if (Boolean.parseBoolean(args[2])) {
            System.exit(0);
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void end(ProcessPoolExecutor pool, Hook hook) {
        try {
            System.out.println(SUBMITTED + pool.submit(() -> 1).id());
        } catch (RejectedExecutionException e) {
            System.out.println(SUBMITTED + "rejected");
        }
        switch (hook) {
            case CLOSE -> pool.close();
            case CLOSE_IN_TIME -> pool.close(Duration.ofSeconds(4));
            case AWAIT -> {
                pool.shutdown();
                await(pool);
            }
        }
        System.out.println(ENDED + pool.isTerminated());
    }

    private static void await(ProcessPoolExecutor pool) {
        try {
            boolean unused = pool.awaitTermination(4, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }
}
