package dev.procession.manager;

import dev.procession.testing.Await;
import dev.procession.testing.Signal;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A manager for each test, whose server's process a test can stop and continue. */
final class StoppableServer implements BeforeEachCallback, AfterEachCallback {

    private @Nullable Manager manager;
    private long pid;

    @Override
    public void beforeEach(ExtensionContext context) {
        Manager started = Manager.start();
        manager = started;
        pid = started.stats().pid();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Signal.CONT.sendToMortal(pid);
        manager().close();
    }

    Manager manager() {
        return Objects.requireNonNull(manager, "the manager of a running test");
    }

    /** Stops all threads of the server. */
    void stop() throws IOException, InterruptedException {
        Signal.STOP.sendTo(pid);
    }

    void goOn() throws IOException, InterruptedException {
        Signal.CONT.sendTo(pid);
    }

    void awaitWaiting(int requests) {
        Await.until(
                () -> manager().stats().waitingRequests() == requests,
                "requests wait: " + requests);
    }

    /** Waits until a call's request is written, and its thread blocks for the answer. */
    static void awaitAsked(Thread thread) {
        Await.until(() -> waitsForAnAnswer(thread), "the call waits for its answer: " + thread);
    }

    private static boolean waitsForAnAnswer(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("sleepUntilDone"));
    }
}
