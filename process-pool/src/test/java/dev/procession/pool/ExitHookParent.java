package dev.procession.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A program that ends while its pool is busy or idle, with a hook that waits for the pool. */
public final class ExitHookParent {

    static final String READY = "ready: ";
    static final String SUBMITTED = "submitted: ";
    static final String ENDED = "ended: ";
    static final String RETURNED = "returned: ";

    /** Printed by the hook: how long it took. */
    static final String TOOK_MILLIS = "took: ";

    /** Printed when the pool refuses a task and all those that it accepted are settled. */
    static final String ALL_SETTLED = "all settled";

    /** What its hook does. */
    enum Hook {
        CLOSE,
        CLOSE_IN_TIME,
        CLOSE_TWICE_BY_TWO_THREADS,
        AWAIT
    }

    /** What its pool does. */
    enum Work {
        NONE,
        FOR_A_SECOND,
        FOR_EVER,
        /** Short tasks, one after the other, until the pool refuses them. */
        SUBMITTED_WITHOUT_END
    }

    /** How the program ends. */
    enum End {
        EXIT,
        /** {@code System.exit} in a task's dependent action, which never returns from it. */
        EXIT_IN_A_CALLBACK,
        /** By a signal of the test. */
        SIGTERM
    }

    private static final int IN_FLIGHT = 50;

    private ExitHookParent() {}

    /** Takes the hook, the work, and how the program ends. */
    public static void main(String[] args) throws Exception {
        Hook hook = Hook.valueOf(args[0]);
        Work work = Work.valueOf(args[1]);
        ProcessPoolExecutor pool = new ProcessPoolExecutor(2);
        pool.submit(() -> 1).get();
        if (work == Work.SUBMITTED_WITHOUT_END) {
            Thread submitting = new Thread(() -> submitWithoutEnd(pool), "submitting");
            submitting.setDaemon(true);
            submitting.start();
        } else if (work != Work.NONE) {
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
        switch (End.valueOf(args[2])) {
            case EXIT -> System.exit(0);
            case EXIT_IN_A_CALLBACK -> {
                CompletableFuture<Void> unused = pool.submit(() -> 1).thenRun(() -> System.exit(0));
            }
            case SIGTERM -> {}
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void submitWithoutEnd(ProcessPoolExecutor pool) {
        Semaphore places = new Semaphore(IN_FLIGHT);
        try {
            while (true) {
                places.acquireUninterruptibly();
                CompletableFuture<?> unused =
                        pool.submit(() -> sleep(1))
                                .whenComplete((value, thrown) -> places.release());
            }
        } catch (RejectedExecutionException e) {
            places.acquireUninterruptibly(IN_FLIGHT - 1);
            System.out.println(ALL_SETTLED);
        }
    }

    private static void end(ProcessPoolExecutor pool, Hook hook) {
        long start = System.nanoTime();
        try {
            System.out.println(SUBMITTED + pool.submit(() -> 1).id());
        } catch (RejectedExecutionException e) {
            System.out.println(SUBMITTED + "rejected");
        }
        switch (hook) {
            case CLOSE -> pool.close();
            case CLOSE_IN_TIME -> pool.close(Duration.ofSeconds(4));
            case CLOSE_TWICE_BY_TWO_THREADS -> {
                CompletableFuture<Void> other = CompletableFuture.runAsync(pool::close);
                pool.close();
                pool.close();
                other.join();
            }
            case AWAIT -> {
                pool.shutdown();
                await(pool);
            }
        }
        System.out.println(ENDED + pool.isTerminated());
        System.out.println(TOOK_MILLIS + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    private static void await(ProcessPoolExecutor pool) {
        try {
            boolean unused = pool.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }
}
