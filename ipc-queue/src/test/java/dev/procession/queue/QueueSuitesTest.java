package dev.procession.queue;

import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import dev.procession.testing.LimitedSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import junit.framework.TestSuite;
import org.junit.runner.RunWith;
import org.junit.runners.AllTests;

/** Runs Guava's test suites of queues and collections. */
@RunWith(AllTests.class)
@SuppressWarnings("JUnit4ClassUsedInJUnit3") // the suites are JUnit 3's, their runner JUnit 4's
public final class QueueSuitesTest {

    private static final List<ProcessQueue<String>> OPEN = new ArrayList<>();

    private QueueSuitesTest() {}

    /** Returns all suites; called by the runner. */
    public static TestSuite suite() {
        return LimitedSuite.of(
                QueueTestSuiteBuilder.using(
                                new TestStringQueueGenerator() {
                                    @Override
                                    protected Queue<String> create(String[] elements) {
                                        ProcessQueue<String> queue = ProcessQueue.create(100);
                                        OPEN.add(queue);
                                        queue.addAll(List.of(elements));
                                        return queue;
                                    }
                                })
                        .named("ProcessQueue")
                        .withTearDown(QueueSuitesTest::endAll)
                        .withFeatures(
                                CollectionSize.ANY,
                                CollectionFeature.GENERAL_PURPOSE,
                                CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                                CollectionFeature.SERIALIZABLE,
                                CollectionFeature.KNOWN_ORDER)
                        .createTestSuite());
    }

    private static void endAll() {
        for (ProcessQueue<String> queue : OPEN) {
            queue.clear();
            queue.close();
        }
        OPEN.clear();
    }
}
