package dev.procession.pool.dispatch;

import java.util.concurrent.TimeUnit;
import jdk.jfr.FlightRecorder;

/**
 * Whether Flight Recorder hears of tasks. Asked once a second and not before the first, for asking
 * loads its classes, and the first result of a cold pool is not to wait for them.
 */
final class FlightRecorderStatus {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private long lookAgain = System.nanoTime() + INTERVAL_NANOS;
    private boolean on;

    /** True if somebody was recording lately; for one thread. */
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
