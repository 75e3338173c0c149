package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;
import jdk.jfr.FlightRecorder;

/**
 * Whether Flight Recorder records tasks. It is checked once a second, and not in the first second:
 * the check loads classes, which would delay the first result of a cold pool.
 */
final class FlightRecorderStatus {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile long lookAgain = System.nanoTime() + INTERVAL_NANOS;
    private volatile boolean on;

    /** Whether a recording was running at the last check. Any thread may call it. */
    boolean isOn() {
        long now = System.nanoTime();
        if (!on && now - lookAgain >= 0) {
            lookAgain = now + INTERVAL_NANOS;
            on =
                    ModuleLayer.boot().findModule("jdk.jfr").isPresent()
                            && FlightRecorder.isInitialized();
        }
        return on;
    }
}
