package dev.procession.monitor.command;

import dev.procession.manager.Manager;
import dev.procession.manager.SharedLock;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskOptions;

/**
 * A program with a manager, embedded or in a process of its own. One of its two workers holds a
 * lock, and the other one waits for it.
 */
final class Stock {

    private Stock() {}

    @SuppressWarnings("FutureReturnValueIgnored") // the monitor looks at these tasks
    public static void main(String[] args) throws Exception {
        boolean embedded = args[0].equals("embedded");
        try (Manager manager = embedded ? Manager.embedded() : Manager.start();
                ProcessPoolExecutor pool =
                        ProcessPoolExecutor.builder().workers(2).name("store").build()) {
            SharedLock lock = manager.lock("stock");
            pool.submit(() -> hold(lock), named("count"));
            while (!lock.isLocked()) {
                Thread.sleep(10);
            }
            pool.submit(() -> hold(lock), named("refill"));
            manager.dict("prices").put("apple", 3);
            manager.counter("sold").addAndGet(42);
            System.out.println("server: " + manager.stats().pid());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private static TaskOptions named(String name) {
        return TaskOptions.builder().name(name).build();
    }

    private static void hold(SharedLock lock) throws InterruptedException {
        lock.lock();
        try {
            Thread.sleep(Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }
}
