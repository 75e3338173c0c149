package dev.procession.monitor.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.monitor.look.Programs;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at everything again and again, in a thread of its own: a program that does not answer
 * delays no key.
 */
final class Looks {

    /** The latest look, or why there is none. */
    record Look(long number, @Nullable MachineSnapshot machine, @Nullable String failure) {}

    private final long delayNanos;

    @GuardedBy("this")
    private Look latest = new Look(0, null, null);

    Looks(long delayNanos) {
        this.delayNanos = delayNanos;
    }

    void start() {
        Thread thread = new Thread(this::run, "procession-looks");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        for (long number = 1; ; number++) {
            long begin = System.nanoTime();
            Look look;
            try {
                look = new Look(number, Programs.look(), null);
            } catch (IOException | RuntimeException e) {
                look = new Look(number, null, e.toString());
            }
            synchronized (this) {
                latest = look;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(delayNanos - (System.nanoTime() - begin));
            } catch (InterruptedException e) {
                return; // nobody interrupts it but the end of the JVM
            }
        }
    }

    /** Returns the latest look; its number is 0 before the first one. */
    synchronized Look latest() {
        return latest;
    }
}
