package dev.procession.pool;

import java.util.concurrent.CountDownLatch;

/** Tasks that hang in different ways. */
final class HangingWork {

    private static final int DEEP = 3000;

    private HangingWork() {}

    static int sleepWithALock() throws InterruptedException {
        synchronized (HangingWork.class) {
            Thread.sleep(Long.MAX_VALUE);
        }
        return 0;
    }

    /** Ignores interrupts. */
    static int spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    /** Ignores interrupts, as each thread that waits for a monitor. */
    static int waitForALock() throws InterruptedException {
        Object lock = new Object();
        CountDownLatch held = new CountDownLatch(1);
        Thread holder = new Thread(() -> holdForEver(lock, held), "the-holder");
        holder.setDaemon(true);
        holder.start();
        held.await();
        synchronized (lock) {
            return 0;
        }
    }

    private static void holdForEver(Object lock, CountDownLatch held) {
        synchronized (lock) {
            held.countDown();
            int unused = spin();
        }
    }

    static int recurse() throws InterruptedException {
        return down(DEEP);
    }

    private static int down(int depth) throws InterruptedException {
        return depth == 0 ? Endless.sleep() : down(depth - 1) + 1;
    }
}
