package dev.procession.manager;

import dev.procession.manager.client.ManagerClient;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What the tests of death and broken connections need. */
final class TestProcesses {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestProcesses() {}

    /** Waits for something that comes without telling. */
    static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not come about");
            }
            Thread.sleep(2);
        }
    }

    static ManagerClient clientOf(Manager manager) {
        return ((RemoteManager) manager).client();
    }

    /** Ends this process as SIGKILL would. */
    static void die() {
        Runtime.getRuntime().halt(137);
    }
}
