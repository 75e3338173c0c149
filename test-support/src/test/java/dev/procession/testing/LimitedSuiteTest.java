package dev.procession.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.Test;
import org.junit.rules.Timeout;
import org.junit.runners.model.TestTimedOutException;

class LimitedSuiteTest {

    private static final CountDownLatch END = new CountDownLatch(1);

    /** A test that no interrupt ends, between two others. */
    @SuppressWarnings("JUnit3TestNotRun") // it is, by the test below
    public static final class Tests extends TestCase {

        public void testBefore() {}

        public void testThatHangs() {
            Uninterruptibles.awaitUninterruptibly(END);
        }

        public void testAfter() {
            fail("on purpose");
        }
    }

    @Test
    void shouldFailAHungTestByItsNameAndRunTheOthers() {
        TestSuite outer = new TestSuite("outer");
        outer.addTest(new TestSuite(Tests.class));
        TestResult result = new TestResult();
        try {
            LimitedSuite.of(outer, Timeout.millis(200)).run(result);
        } finally {
            END.countDown();
        }

        assertThat(result.runCount()).isEqualTo(3);
        assertThat(Collections.list(result.failures()))
                .extracting(failure -> name(failure))
                .containsExactly("testAfter");
        assertThat(Collections.list(result.errors()))
                .singleElement()
                .satisfies(
                        error -> {
                            assertThat(name(error)).isEqualTo("testThatHangs");
                            assertThat(error.thrownException())
                                    .isInstanceOf(TestTimedOutException.class);
                        });
    }

    private static String name(TestFailure failure) {
        return ((TestCase) failure.failedTest()).getName();
    }
}
