package dev.procession.monitor.look;

import java.util.concurrent.TimeUnit;

/** A program that only exists. */
public final class Sleeper {

    private static final long SECONDS = 60;

    private Sleeper() {}

    /** Waits to be killed. */
    public static void main(String[] args) throws InterruptedException {
        Thread.sleep(TimeUnit.SECONDS.toMillis(SECONDS));
    }
}
