package dev.procession.testing;

import com.google.common.collect.Multiset;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which there are more processes, files, descriptors or threads than before it
 * and before each earlier test of its class. It waits for them to end, as the kernel and the JDK
 * close resources in the background.
 */
public final class LeavesNothingBehind implements BeforeEachCallback, AfterEachCallback {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeavesNothingBehind.class);

    /** For JUnit. */
    public LeavesNothingBehind() {}

    /**
     * Keeps what existed before every test of the class: a short-lived resource excuses no later
     * test.
     */
    @Override
    public void beforeEach(ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(NAMESPACE);
        Class<?> test = context.getRequiredTestClass();
        Census now = Census.take();
        Census earlier = store.get(test, Census.class);
        store.put(test, earlier == null ? now : earlier.both(now));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(NAMESPACE);
        Census before = store.get(context.getRequiredTestClass(), Census.class);
        if (before != null) {
            awaitNothingSince(before);
        }
    }

    /** Waits until there is no resource that is not in the census. */
    public static void awaitNothingSince(Census before) {
        awaitNothing(() -> Census.take().since(before));
    }

    /** Waits until the supplier finds nothing; the message contains what it found last. */
    static void awaitNothing(Supplier<Multiset<String>> leftovers) {
        AtomicReference<Multiset<String>> last = new AtomicReference<>();
        Await.until(
                TIMEOUT,
                () -> {
                    Multiset<String> found = leftovers.get();
                    last.set(found);
                    return found.isEmpty();
                },
                () -> "nothing is left behind, but there is " + last.get());
    }
}
