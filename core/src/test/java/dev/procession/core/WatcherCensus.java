package dev.procession.core;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;

/** Looks for the platform threads that watch futures. */
final class WatcherCensus {

    private WatcherCensus() {}

    static List<Thread> alive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(WatcherThreads.NAME))
                .toList();
    }

    /** Fails if one of the threads there are is not about to end. */
    static void assertAllEnd() throws InterruptedException {
        for (Thread thread : alive()) {
            thread.join(10_000);
            assertFalse(thread.isAlive(), "a watcher is left");
        }
    }
}
