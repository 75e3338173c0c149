package dev.procession.testing;

import java.util.ServiceLoader;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves resources behind, as {@link LeavesNothingBehind} fails a test;
 * here mappings of shared memory count too, which the fields of a test may hold. JUnit finds it by
 * {@code META-INF/services}, so it checks all classes; a nested class as a part of its outer one.
 */
public final class ClassLeavesNothingBehind implements BeforeAllCallback, AfterAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ClassLeavesNothingBehind.class);

    private static boolean warm;

    /** For JUnit. */
    public ClassLeavesNothingBehind() {}

    private static synchronized void warmUp() throws Exception {
        if (!warm) {
            for (WarmUp each : ServiceLoader.load(WarmUp.class)) {
                each.run();
            }
            warm = true;
        }
    }

    private static boolean isNested(ExtensionContext context) {
        return context.getRequiredTestClass().getEnclosingClass() != null;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (!isNested(context)) {
            warmUp();
            context.getStore(NAMESPACE).put(Census.class, Census.takeWithMappings());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!isNested(context)) {
            Census before = context.getStore(NAMESPACE).get(Census.class, Census.class);
            if (before != null) {
                LeavesNothingBehind.awaitNothing(() -> Census.mappedSince(before));
            }
        }
    }
}
