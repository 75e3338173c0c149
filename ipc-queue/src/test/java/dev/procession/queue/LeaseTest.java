package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.memory.KillPoint;
import dev.procession.testing.Background;
import dev.procession.testing.SessionFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseTest {

    private static final byte[] LARGE = new byte[100_000];

    @Test
    void shouldTakeForGoodWhatIsAcknowledged() throws Exception {
        try (ProcessQueue<Object> queue = ProcessQueue.create(4)) {
            queue.putAll(List.of(1, LARGE));
            try (Lease<Object> lease = queue.takeLeased()) {
                assertThat(lease.element()).isEqualTo(1);
                assertThat(queue.size()).isEqualTo(1);
                lease.acknowledge();
                assertThatThrownBy(lease::acknowledge).isInstanceOf(IllegalStateException.class);
            }
            try (Lease<Object> lease = queue.takeLeased()) {
                assertThat(lease.element()).isEqualTo(LARGE);
                assertThat(queue.join(Duration.ZERO)).isFalse();
                lease.acknowledge();
            }
            assertThat(queue.join(Duration.ZERO)).isTrue();
            assertThat(queue.pollLeased(1, TimeUnit.MILLISECONDS)).isNull();
            assertThat(SessionFiles.ofQueuesHere()).hasSize(1);
        }
    }

    @Test
    void shouldGiveBackToTheHeadInTheOldOrder() throws Exception {
        try (ProcessQueue<Object> queue = ProcessQueue.create(4)) {
            queue.putAll(List.of(1, LARGE, 3));
            Lease<Object> first = queue.takeLeased();
            Lease<Object> second = queue.takeLeased();
            second.release();
            first.close();
            first.close();
            assertThat(queue).hasSize(3);
            assertThat(queue.peek()).isEqualTo(1);
            assertThat(queue).containsExactly(1, LARGE, 3);
            assertThat(queue.remove((Object) 1)).isTrue();
            List<Object> drained = new ArrayList<>();
            assertThat(queue.drainTo(drained)).isEqualTo(2);
            assertThat(drained).containsExactly(LARGE, 3);
            assertThat(queue).isEmpty();
            assertThat(SessionFiles.ofQueuesHere()).hasSize(1);
        }
    }

    @Test
    void shouldNotEndBeforeItIsAcknowledged() throws Exception {
        ProcessQueue<Integer> queue = ProcessQueue.create(4);
        queue.put(1);
        Lease<Integer> lease = queue.takeLeased();
        queue.close();
        assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
        lease.release();
        assertThat(queue.take()).isEqualTo(1);
        assertThatThrownBy(queue::take).isInstanceOf(QueueClosedException.class);
        assertThat(SessionFiles.ofQueuesHere()).isEmpty();
    }

    @Test
    void shouldEndWhenTheLastLeaseIsAcknowledged() throws Exception {
        ProcessQueue<Integer> queue = ProcessQueue.create(4);
        queue.put(1);
        Lease<Integer> lease = queue.takeLeased();
        queue.close();
        lease.acknowledge();
        assertThatThrownBy(queue::take).isInstanceOf(QueueClosedException.class);
        assertThat(SessionFiles.ofQueuesHere()).isEmpty();
    }

    @Test
    void shouldGiveWhatADeadProcessHeldToOneThatWaits() throws Exception {
        try (ProcessQueue<Object> queue = ProcessQueue.create(4);
                ProcessQueue<Integer> ready = ProcessQueue.create(1);
                ProcessQueue<Integer> go = ProcessQueue.create(1)) {
            queue.put(LARGE);
            queue.put(2);
            ChildProcess<Void> child =
                    ChildProcess.start(
                            () -> {
                                queue.takeLeased();
                                queue.takeLeased();
                                ready.put(1);
                                go.take();
                                Runtime.getRuntime().halt(1);
                            });
            ready.take();
            Background<Object> first = Background.start(queue::take).awaitBlocked();
            go.put(1);
            assertThat(first.get()).isEqualTo(LARGE);
            assertThat(queue.take()).isEqualTo(2);
            assertThat(queue.poll(300, TimeUnit.MILLISECONDS)).isNull();
            child.join();
        }
    }

    /** With leases no element is lost, at whichever point the process dies. */
    @ParameterizedTest
    @EnumSource(
            value = KillPoint.class,
            names = {
                "TAKE_LOCKED",
                "LEASE_PREPARED",
                "TAKE_COPIED",
                "TAKE_COMMITTED",
                "LEASE_COMMITTED",
                "TAKE_UNLOCKED",
                "LEASE_ACKNOWLEDGED"
            })
    void shouldLoseNothingWhereverItsTakerDies(KillPoint point) throws Exception {
        try (ProcessQueue<Object> queue = ProcessQueue.create(4)) {
            queue.putAll(List.of(1, LARGE, 3));
            ChildProcess<Void> child =
                    ChildProcess.builder()
                            .systemProperty("procession.killPoint", point + ":2")
                            .start(
                                    () -> {
                                        queue.takeLeased().acknowledge();
                                        queue.takeLeased().acknowledge();
                                    });
            child.join();
            assertThat(child.exitCode()).hasValue(137);
            if (point != KillPoint.LEASE_ACKNOWLEDGED) {
                assertThat(queue.take()).isEqualTo(LARGE);
            }
            assertThat(queue.take()).isEqualTo(3);
            assertThat(queue.poll(200, TimeUnit.MILLISECONDS)).isNull();
            // The producer deletes the spill file that a dead consumer left, with its next spill
            // file.
            queue.put(LARGE);
            queue.take();
            assertThat(SessionFiles.ofQueuesHere()).hasSize(1);
        }
    }
}
