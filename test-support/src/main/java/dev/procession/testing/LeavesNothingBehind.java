package dev.procession.testing;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which there are more processes, files, descriptors or threads than before.
 * They have a moment to go, as the kernel and the JDK close in the background.
 */
public final class LeavesNothingBehind implements BeforeEachCallback, AfterEachCallback {

    private static final Duration MOMENT = Duration.ofSeconds(10);
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeavesNothingBehind.class);

    /** For JUnit. */
    public LeavesNothingBehind() {}

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
    public static void awaitNothingSince(Census before) {
        awaitNothingSince(before, Census::take);
    }

    /** The same, counted in this way. */
    static void awaitNothingSince(Census before, Supplier<Census> now) {
        Await.until(
                MOMENT,
                () -> now.get().since(before).isEmpty(),
                () -> "nothing is left behind, but there is " + now.get().since(before));
    }
}
