package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.core.time.Timeout;
import dev.procession.testing.Background;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

@org.junit.jupiter.api.Timeout(60)
class ProcessQueueMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double gauge(String what) {
        return registry.get("procession.queue." + what).tags("site", "here").gauge().value();
    }

    private double count(String what) {
        return registry.get("procession.queue." + what)
                .tags("site", "here")
                .functionCounter()
                .count();
    }

    private void bind(ProcessQueue<?> queue) {
        new ProcessQueueMetrics(queue, Tags.of("site", "here")).bindTo(registry);
    }

    @Test
    void shouldCountWhatAllProcessesPutAndTake() throws Exception {
        try (ProcessQueue<String> queue =
                ProcessQueue.builder().capacity(10).capacityBytes(1000).build()) {
            bind(queue);
            assertThat(gauge("size")).isZero();
            assertThat(gauge("bytes")).isZero();
            assertThat(count("put")).isZero();
            try (ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> queue.putAll(List.of("one", "two", "three", "four")))) {
                child.join();
            }
            assertThat(gauge("size")).isEqualTo(4);
            assertThat(gauge("capacity")).isEqualTo(10);
            assertThat(gauge("bytes")).isBetween(4.0, 1000.0);
            assertThat(gauge("capacity.bytes")).isEqualTo(1000);
            assertThat(gauge("users")).isBetween(1.0, 2.0); // the dead one may still have its slot

            assertThat(queue.take()).isEqualTo("one");
            assertThat(queue.remove("three")).isTrue();
            Lease<String> lease = queue.takeLeased();

            assertThat(count("put")).isEqualTo(4);
            assertThat(count("taken")).isEqualTo(3);
            assertThat(gauge("size")).isEqualTo(1);
            assertThat(gauge("leased")).isEqualTo(1);
            lease.close(); // not acknowledged: it comes back
            assertThat(gauge("leased")).isZero();
            assertThat(gauge("size")).isEqualTo(2);
            queue.clear();
        }
    }

    @Test
    void shouldSayNothingOfAQueueThatHasEnded() throws Exception {
        ProcessQueue<String> queue = ProcessQueue.create(10);
        bind(queue);
        queue.put("last");
        queue.close();
        assertThat(gauge("size")).isEqualTo(1);

        assertThat(queue.take()).isEqualTo("last");

        assertThat(gauge("size")).isNaN();
        assertThat(gauge("bytes")).isNaN();
        assertThat(gauge("users")).isNaN();
        assertThat(count("put")).isEqualTo(1);
        assertThat(count("taken")).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForALockThatAnotherThreadHolds() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.create(10)) {
            bind(queue);
            queue.put("a");
            CountDownLatch read = new CountDownLatch(1);
            CountDownLatch locked = new CountDownLatch(1);
            Background<?> holder =
                    Background.start(
                            () -> {
                                queue.core().ring().reader().lock(Timeout.FOREVER);
                                queue.core().ring().writer().lock(Timeout.FOREVER);
                                locked.countDown();
                                read.await();
                                queue.core().ring().writer().unlock();
                                queue.core().ring().reader().unlock();
                                return null;
                            });
            locked.await();
            assertThat(gauge("size")).isEqualTo(1);
            assertThat(gauge("leased")).isZero();
            assertThat(count("taken")).isZero();
            read.countDown();
            holder.get();
            queue.clear();
        }
    }

    @Test
    void shouldStayWithinBoundsWhileTheQueueIsBusy() throws Exception {
        int elements = 200_000;
        try (ProcessQueue<Integer> queue = ProcessQueue.create(100)) {
            bind(queue);
            Background<?> producer =
                    Background.start(
                            () -> {
                                for (int i = 0; i < elements; i++) {
                                    queue.put(i);
                                }
                                return null;
                            });
            Background<?> consumer =
                    Background.start(
                            () -> {
                                for (int i = 0; i < elements; i++) {
                                    queue.take();
                                }
                                return null;
                            });
            double last = 0;
            while (last < elements) {
                double taken = count("taken");
                assertThat(taken).isBetween(last, (double) elements);
                assertThat(count("put")).isBetween(taken, (double) elements);
                assertThat(gauge("size")).isBetween(0.0, 100.0);
                assertThat(gauge("bytes")).isGreaterThanOrEqualTo(0);
                last = taken;
            }
            producer.get();
            consumer.get();
            assertThat(gauge("size")).isZero();
            assertThat(gauge("bytes")).isZero();
        }
    }
}
