package dev.procession.manager;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.ListTestSuiteBuilder;
import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestStringListGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.TestStringSetGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.ListFeature;
import com.google.common.collect.testing.features.MapFeature;
import dev.procession.testing.LimitedSuite;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import junit.framework.Test;
import junit.framework.TestSuite;
import org.jspecify.annotations.Nullable;
import org.junit.AfterClass;
import org.junit.runner.RunWith;
import org.junit.runners.AllTests;
import org.junit.runners.Suite;

/** Guava's tests of the JDK's contracts, against proxies of a server in another JVM. */
@RunWith(Suite.class)
@Suite.SuiteClasses({
    GuavaCollectionsTest.Maps.class,
    GuavaCollectionsTest.Lists.class,
    GuavaCollectionsTest.Sets.class,
    GuavaCollectionsTest.Queues.class
})
public class GuavaCollectionsTest {

    private static final int CAPACITY = 1000;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static @Nullable Manager manager;

    /**
     * Starts the manager for the first of the classes below that runs, with this suite or alone.
     */
    private static synchronized Manager manager() {
        Manager started = manager;
        if (started == null) {
            started = Manager.start();
            manager = started;
        }
        return started;
    }

    @AfterClass
    public static synchronized void stop() {
        if (manager != null) {
            manager.close();
            manager = null;
        }
    }

    private static String fresh() {
        return "object-" + NAMES.incrementAndGet();
    }

    /** The dict. */
    @RunWith(AllTests.class)
    public static final class Maps {

        private Maps() {}

        public static TestSuite suite() {
            return LimitedSuite.of(
                    ConcurrentMapTestSuiteBuilder.using(
                                    new TestStringMapGenerator() {
                                        @Override
                                        protected Map<String, String> create(
                                                Map.Entry<String, String>[] entries) {
                                            SharedDict<String, String> dict =
                                                    manager().dict(fresh());
                                            for (Map.Entry<String, String> entry : entries) {
                                                dict.put(entry.getKey(), entry.getValue());
                                            }
                                            return dict;
                                        }
                                    })
                            .named("SharedDict")
                            .withFeatures(
                                    MapFeature.GENERAL_PURPOSE,
                                    CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                                    CollectionFeature.SERIALIZABLE,
                                    CollectionSize.ANY)
                            .createTestSuite());
        }
    }

    /** The list. */
    @RunWith(AllTests.class)
    public static final class Lists {

        private Lists() {}

        public static TestSuite suite() {
            return LimitedSuite.of(
                    ListTestSuiteBuilder.using(
                                    new TestStringListGenerator() {
                                        @Override
                                        protected List<String> create(String[] elements) {
                                            SharedList<String> list = manager().list(fresh());
                                            boolean unused = list.addAll(List.of(elements));
                                            return list;
                                        }
                                    })
                            .named("SharedList")
                            .withFeatures(
                                    ListFeature.GENERAL_PURPOSE,
                                    CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                                    CollectionFeature.SERIALIZABLE,
                                    CollectionSize.ANY)
                            .createTestSuite());
        }
    }

    /** The set. */
    @RunWith(AllTests.class)
    public static final class Sets {

        private Sets() {}

        public static TestSuite suite() {
            return LimitedSuite.of(
                    SetTestSuiteBuilder.using(
                                    new TestStringSetGenerator() {
                                        @Override
                                        protected Set<String> create(String[] elements) {
                                            SharedSet<String> set = manager().set(fresh());
                                            boolean unused = set.addAll(List.of(elements));
                                            return set;
                                        }
                                    })
                            .named("SharedSet")
                            .withFeatures(
                                    CollectionFeature.GENERAL_PURPOSE,
                                    CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                                    CollectionFeature.SERIALIZABLE,
                                    CollectionSize.ANY)
                            .createTestSuite());
        }
    }

    /** The queue. */
    @RunWith(AllTests.class)
    public static final class Queues {

        private Queues() {}

        public static Test suite() {
            return LimitedSuite.of(
                    QueueTestSuiteBuilder.using(
                                    new TestStringQueueGenerator() {
                                        @Override
                                        protected Queue<String> create(String[] elements) {
                                            SharedQueue<String> queue =
                                                    manager().queue(fresh(), CAPACITY);
                                            boolean unused = queue.addAll(List.of(elements));
                                            return queue;
                                        }
                                    })
                            .named("SharedQueue")
                            .withFeatures(
                                    CollectionFeature.GENERAL_PURPOSE,
                                    CollectionFeature.SUPPORTS_ITERATOR_REMOVE,
                                    CollectionFeature.SERIALIZABLE,
                                    CollectionFeature.KNOWN_ORDER,
                                    CollectionSize.ANY)
                            .createTestSuite());
        }
    }
}
