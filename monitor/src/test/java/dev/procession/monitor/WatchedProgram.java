package dev.procession.monitor;

import dev.procession.manager.Manager;
import dev.procession.manager.SharedLock;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskState;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A program under load. For each byte of its input it has a task that crashes, and then one that
 * hangs; with the argument {@code locks} its tasks also wait for a lock of a manager.
 */
public final class WatchedProgram {

    /** A name that would be an element if anything took it for markup. */
    static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

    private static final int WORKERS = 4;
    private static final int WAITING = 12;

    private WatchedProgram() {}

    public static void main(String[] args) throws Exception {
        try (Manager manager = args.length > 0 ? Manager.start() : null;
                ProcessPoolExecutor pool =
                        ProcessPoolExecutor.builder().workers(WORKERS).name("orders").build()) {
            Thread load = new Thread(() -> load(pool), "load");
            load.setDaemon(true);
            load.start();
            if (manager != null) {
                var holder =
                        pool.submit(() -> hold(manager.rlock("stock")), named("hold the lock"));
                var waiter =
                        pool.submit(() -> hold(manager.rlock("stock")), named("wait for the lock"));
                System.out.println(holder.id() + " and " + waiter.id());
                for (int i = 0; i < 5; i++) {
                    manager.dict("prices-" + i).put("a", "b".repeat(1000));
                }
            }
            while (System.in.read() >= 0) {
                pool.submit(WatchedProgram::crash, named("crashing"))
                        .whenComplete((value, failure) -> System.out.println("crashed"))
                        .exceptionally(failure -> null)
                        .join();
                TaskFuture<Void> hung = pool.submit(WatchedProgram::hang, named("hung"));
                while (!isRunning(pool, hung)) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                System.out.println("hangs");
                var unused =
                        hung.whenComplete(
                                (value, failure) ->
                                        System.out.println("cancelled: " + hung.isCancelled()));
            }
        }
    }

    private static boolean isRunning(ProcessPoolExecutor pool, TaskFuture<Void> task) {
        return pool.tasks().stream()
                .anyMatch(info -> info.id() == task.id() && info.state() == TaskState.RUNNING);
    }

    private static TaskOptions named(String name) {
        return TaskOptions.builder().name(name).build();
    }

    private static void load(ProcessPoolExecutor pool) {
        Semaphore room = new Semaphore(WAITING);
        for (long i = 0; true; i++) {
            room.acquireUninterruptibly();
            String name = i % 40 == 7 ? HOSTILE : "order " + i;
            var unused =
                    pool.submit(WatchedProgram::work, named(name))
                            .whenComplete((value, failure) -> room.release());
        }
    }

    private static void work() throws InterruptedException {
        int choice = ThreadLocalRandom.current().nextInt(100);
        TimeUnit.MILLISECONDS.sleep(choice < 90 ? 20 + 2 * choice : 10 * choice);
        if (choice == 50) {
            throw new IllegalStateException("order is out of stock");
        }
    }

    private static void crash() {
        Runtime.getRuntime().halt(42);
    }

    private static void hang() {
        while (true) {
            try {
                TimeUnit.HOURS.sleep(1);
            } catch (InterruptedException e) {
                // A task that hangs does not listen.
            }
        }
    }

    private static void hold(SharedLock lock) throws InterruptedException {
        lock.lock();
        try {
            TimeUnit.HOURS.sleep(1);
        } finally {
            lock.unlock();
        }
    }
}
