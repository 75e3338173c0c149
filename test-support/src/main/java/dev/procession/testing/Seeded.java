package dev.procession.testing;

import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives a test its {@link Random}. Each test has its own sequence, made of the run's seed and the
 * test's name, so it makes the same decisions alone and among others. The seed is printed at the
 * start and with each failure.
 */
public final class Seeded implements ParameterResolver, TestExecutionExceptionHandler {

    private static final String PROPERTY = "procession.seed";
    private static final long SEED = seed();

    private static long seed() {
        String given = System.getProperty(PROPERTY, "");
        long seed = given.isEmpty() ? new Random().nextInt() & 0xFFFF_FFFFL : Long.parseLong(given);
        System.out.println("tests: " + repeat(seed));
        return seed;
    }

    private static String repeat(long seed) {
        return "to repeat this run, add -D" + PROPERTY + "=" + seed;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Random.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return new Random(SEED * 31 + context.getUniqueId().hashCode());
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        failure.addSuppressed(new Note(repeat(SEED)));
        throw failure;
    }

    /** A line below a failure's stack trace. */
    private static final class Note extends Exception {
        private static final long serialVersionUID = 1L;

        Note(String message) {
            super(message, null, false, false);
        }
    }
}
