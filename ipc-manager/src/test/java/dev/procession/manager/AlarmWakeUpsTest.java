package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that ends calls at their limit costs almost nothing while calls end by themselves. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AlarmWakeUpsTest {

    private static final int CALLS = 100;
    private static final String ALARMS = "procession-manager-alarms";

    private static Set<Long> alarmThreads() {
        Set<Long> found = new HashSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(ALARMS)) {
                found.add(thread.getId());
            }
        }
        return found;
    }

    private static void takeLate(Manager manager, SharedQueue<String> queue) throws Exception {
        Background<String> taking = Background.start(() -> queue.poll(30, TimeUnit.SECONDS));
        Await.until(() -> manager.stats().waitingRequests() == 1, "one request waits");
        StoppableServer.awaitAsked(taking.thread());
        queue.put("late");
        assertThat(taking.get()).isEqualTo("late");
    }

    @Test
    void shouldNotWakeTheThreadOfAlarmsForEachCallThatHasToWait() throws Exception {
        Set<Long> before = alarmThreads();
        try (Manager manager = Manager.embedded()) {
            SharedQueue<String> queue = manager.queue("q", 1);
            takeLate(manager, queue);
            Set<Long> ours = alarmThreads();
            ours.removeAll(before);
            assertThat(ours).hasSize(1);
            long thread = ours.iterator().next();
            long first = sleeps(thread);
            for (int i = 0; i < CALLS; i++) {
                takeLate(manager, queue);
            }
            assertThat(sleeps(thread) - first).isLessThan(CALLS / 4);
        }
    }

    private static long sleeps(long thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread);
        assertThat(info).as("the thread of alarms sleeps for a while").isNotNull();
        return info.getWaitedCount();
    }
}
