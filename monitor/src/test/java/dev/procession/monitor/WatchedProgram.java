package dev.procession.monitor;

import dev.procession.manager.Manager;
import dev.procession.manager.SharedLock;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.pool.TaskOptions;
import dev.procession.pool.TaskState;
import dev.procession.pool.Worker;
import dev.procession.queue.Lease;
import dev.procession.queue.ProcessQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A program under load. For each byte of its input it has a task that crashes, and then one that
 * hangs. With the argument {@code all} it also has a queue, a manager with a lock that is held and
 * waited for, and a task that tells its progress.
 */
public final class WatchedProgram {

    /** What the page shows of a hostile name. */
    static final String SHOWN = "<img src=x onerror=\"document.title='owned'\">\ufffd";

    /** A name that would be an element if anything took it for markup, and turns text around. */
    static final String HOSTILE = SHOWN.replace('\ufffd', '\u202e');

    private static final int WORKERS = 4;
    private static final int WAITING = 12;

    private WatchedProgram() {}

    public static void main(String[] args) throws Exception {
        boolean all = args.length > 0;
        try (Manager manager = all ? Manager.start() : null;
                ProcessQueue<String> queue =
                        all ? ProcessQueue.builder().capacity(64).build() : null;
                ProcessPoolExecutor pool =
                        ProcessPoolExecutor.builder().workers(WORKERS).name("orders").build()) {
            if (manager != null && queue != null) {
                share(manager, queue, pool);
            }
            daemon("load", () -> load(pool));
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

    private static void share(Manager manager, ProcessQueue<String> queue, ProcessPoolExecutor pool)
            throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            manager.dict("prices-" + i).put("a", "b".repeat(1000 * i));
        }
        SharedLock lock = manager.rlock("stock");
        var unused = pool.submit(WatchedProgram::report, named("report of the year"));
        CountDownLatch held = new CountDownLatch(1);
        daemon("holder", () -> hold(lock, held));
        held.await();
        daemon("waiter", () -> hold(lock, new CountDownLatch(1)));
        var waiter =
                pool.submit(
                        () -> hold(lock, new CountDownLatch(1)),
                        named("count what is in stock, item by item, as the law demands"));
        for (int i = 0; i < 40; i++) {
            queue.put("invoice " + i);
        }
        Lease<String> lease = queue.takeLeased(); // until the program ends
        System.out.println("it waits as " + waiter.id() + ", and has " + lease.element());
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
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

    private static void hold(SharedLock lock, CountDownLatch held) {
        lock.lock();
        held.countDown();
        hang();
    }

    private static void report() throws InterruptedException {
        for (int day = 0; day < 365; day++) {
            Worker.current().progress(day / 365.0);
            TimeUnit.SECONDS.sleep(1);
        }
    }
}
