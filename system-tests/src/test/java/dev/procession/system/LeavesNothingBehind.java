package dev.procession.system;

import dev.procession.pool.ProcessPoolExecutor;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which there are more processes, sockets, files, descriptors or threads than
 * before. They have a moment to go, as the kernel and the JDK close in the background.
 *
 * <p>What a JVM opens once for all its children, such as the socket that it listens on, is opened
 * before the first test.
 */
final class LeavesNothingBehind
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeavesNothingBehind.class);

    private static boolean warm;

    @Override
    public void beforeAll(ExtensionContext context)
            throws ExecutionException, InterruptedException {
        synchronized (LeavesNothingBehind.class) {
            if (!warm) {
                try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
                    pool.submit(() -> 1).get();
                }
                warm = true;
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Census.class, Census.take());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Census before = context.getStore(NAMESPACE).get(Census.class, Census.class);
        if (before != null) {
            awaitNothingSince(before);
        }
    }

    /** Waits until all is gone that is not in the census. */
    static void awaitNothingSince(Census before) {
        Await.until(
                MOMENT,
                () -> Census.take().since(before).isEmpty(),
                () -> "nothing is left behind, but there is " + Census.take().since(before));
    }
}
