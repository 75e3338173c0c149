package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What returns to a queue comes before all that was put after it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueOrderTest {

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    private static SharedQueue<Integer> filled(String name) {
        SharedQueue<Integer> queue = manager.queue(name, 10);
        for (int i = 1; i <= 5; i++) {
            queue.add(i);
        }
        return queue;
    }

    private static List<SharedQueue.Lease<Integer>> leases(SharedQueue<Integer> queue)
            throws Exception {
        List<SharedQueue.Lease<Integer>> leases = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            leases.add(queue.lease(Duration.ofSeconds(5)).orElseThrow());
        }
        return leases;
    }

    @Test
    void shouldTakeLeasedElementsBackInTheirOrder() throws Exception {
        SharedQueue<Integer> queue = filled("first first");
        leases(queue).forEach(SharedQueue.Lease::close);
        assertThat(queue).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void shouldTakeLeasedElementsBackInTheirOrderWhenTheLastReturnsFirst() throws Exception {
        SharedQueue<Integer> queue = filled("last first");
        List<SharedQueue.Lease<Integer>> leases = leases(queue);
        leases.get(2).close();
        leases.get(0).close();
        assertThat(queue).containsExactly(1, 3, 4, 5);
        leases.get(1).close();
        assertThat(queue.poll()).isEqualTo(1);
        assertThat(queue.poll()).isEqualTo(2);
    }

    @Test
    void shouldTakeAllBackInTheirOrderAfterSomeWereDone() throws Exception {
        SharedQueue<Integer> queue = filled("some done");
        List<SharedQueue.Lease<Integer>> leases = leases(queue);
        leases.get(1).done();
        leases.get(2).close();
        leases.get(0).close();
        List<Integer> rest = new ArrayList<>();
        assertThat(queue.drainTo(rest)).isEqualTo(4);
        assertThat(rest).containsExactly(1, 3, 4, 5);
    }
}
