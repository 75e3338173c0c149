package dev.procession.testing;

import java.util.Collections;
import junit.extensions.TestDecorator;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.rules.Timeout;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/**
 * Bounds the time of each test of a JUnit 3 suite, to which Jupiter's timeouts do not apply: a test
 * that hangs fails by its name and with its thread's stack, and the others run.
 */
public final class LimitedSuite {

    private static final Timeout LIMIT = Timeout.seconds(60);

    private LimitedSuite() {}

    /** Returns the same suite with a limit of a minute for each test. */
    public static TestSuite of(TestSuite suite) {
        return of(suite, LIMIT);
    }

    static TestSuite of(TestSuite suite, Timeout limit) {
        TestSuite limited = new TestSuite(suite.getName());
        for (Test test : Collections.list(suite.tests())) {
            limited.addTest(
                    test instanceof TestSuite inner
                            ? of(inner, limit)
                            : new LimitedTest((TestCase) test, limit));
        }
        return limited;
    }

    /** Runs a test on a thread of its own, and reports it under the test's name. */
    private static final class LimitedTest extends TestDecorator {

        private final TestCase test;
        private final Timeout limit;

        LimitedTest(TestCase test, Timeout limit) {
            super(test);
            this.test = test;
            this.limit = limit;
        }

        @Override
        public void run(TestResult result) {
            Statement body =
                    new Statement() {
                        @Override
                        public void evaluate() throws Throwable {
                            test.runBare();
                        }
                    };
            result.startTest(test);
            result.runProtected(test, () -> limit.apply(body, Description.EMPTY).evaluate());
            result.endTest(test);
        }
    }
}
