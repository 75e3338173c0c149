package dev.procession.pool;

/** A task that ends only when it is interrupted or killed. */
final class Endless {

    private Endless() {}

    static int sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }
}
