package dev.procession.manager.client;

import java.nio.channels.SocketChannel;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections at which a thread waits longer than it wants to, so that a call ends in its
 * time whatever the server does. Its thread begins with the first such wait and goes when none is
 * left for a while.
 */
final class Alarms {

    private static final long IDLE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor timer;

    Alarms() {
        timer =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, "procession-manager-alarms");
                            thread.setDaemon(true);
                            return thread;
                        },
                        new ThreadPoolExecutor.DiscardPolicy()); // closed: so are the connections
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Closes a connection at a time of {@link System#nanoTime}, unless it is cancelled before. */
    Future<?> closeAt(SocketChannel channel, long time) {
        return timer.schedule(
                () -> Wire.close(channel), time - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void close() {
        timer.shutdownNow();
    }
}
