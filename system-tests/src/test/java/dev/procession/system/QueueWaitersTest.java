package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.queue.ProcessQueue;
import dev.procession.testing.SystemTest;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two hundred threads of twenty processes that wait for one queue. */
@SystemTest
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueWaitersTest {

    private static final int PROCESSES = 20;
    private static final int THREADS = 10;
    private static final long IDLE_SECONDS = 3;

    /**
     * 30 % of one processor, for all processes: a JVM that only sleeps needs less; polling each
     * millisecond needs far more.
     */
    private static final Duration MOST = Duration.ofMillis(IDLE_SECONDS * 1000 * 30 / 100);

    private static final int WINDOWS = 10;

    /** Which thread took which element. */
    private record Taken(int process, int thread, int element) implements Serializable {}

    @Test
    void shouldSleepWhileThreadsWaitAndServeEachThread() throws Exception {
        try (ProcessQueue<Integer> elements = ProcessQueue.create(PROCESSES * THREADS);
                ProcessQueue<Taken> reports = ProcessQueue.create(PROCESSES * THREADS)) {
            List<ChildProcess<Void>> children = new ArrayList<>();
            for (int process = 0; process < PROCESSES; process++) {
                int number = process;
                children.add(ChildProcess.start(() -> wait(number, elements, reports)));
            }
            for (int thread = 0; thread < PROCESSES * THREADS; thread++) {
                assertThat(reports.poll(60, TimeUnit.SECONDS))
                        .isNotNull(); // the thread is about to wait
            }
            assertThat(usedWhenIdle(children, reports)).isLessThan(MOST);

            for (int element = 0; element < PROCESSES * THREADS; element++) {
                elements.put(element);
            }
            Set<Taken> all = new HashSet<>();
            for (int element = 0; element < PROCESSES * THREADS; element++) {
                Taken taken = reports.poll(60, TimeUnit.SECONDS);
                assertThat(taken).as("answer %d", element).isNotNull();
                all.add(taken);
            }
            assertThat(all.stream().map(Taken::element).distinct()).hasSize(PROCESSES * THREADS);
            assertThat(all.stream().map(taken -> List.of(taken.process, taken.thread)).distinct())
                    .hasSize(PROCESSES * THREADS);
            for (ChildProcess<Void> child : children) {
                child.join();
            }
        }
    }

    /**
     * The processor time of a window in which all processes wait. At first their JVMs still compile
     * code, for longer on a busy machine; a process that polls does so in every window.
     */
    private static Duration usedWhenIdle(
            List<ChildProcess<Void>> children, ProcessQueue<Taken> reports) throws Exception {
        Duration used = MOST;
        for (int window = 0; window < WINDOWS && used.compareTo(MOST) >= 0; window++) {
            Duration before = processorTime(children);
            assertThat(reports.poll(IDLE_SECONDS, TimeUnit.SECONDS)).isNull();
            used = processorTime(children).minus(before);
            System.out.printf(
                    "system-tests: %d waiting processes used %d ms in %d s%n",
                    PROCESSES, used.toMillis(), IDLE_SECONDS);
        }
        return used;
    }

    private static void wait(
            int process, ProcessQueue<Integer> elements, ProcessQueue<Taken> reports)
            throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int number = thread;
            Thread waiter =
                    new Thread(
                            () -> {
                                try {
                                    reports.put(new Taken(process, number, -1));
                                    reports.put(new Taken(process, number, elements.take()));
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            waiter.start();
            threads.add(waiter);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static Duration processorTime(List<ChildProcess<Void>> children) {
        Duration sum = Duration.ZERO;
        for (ChildProcess<Void> child : children) {
            ProcessHandle process = ProcessHandle.of(child.pid()).orElseThrow();
            sum = sum.plus(process.info().totalCpuDuration().orElseThrow());
        }
        return sum;
    }
}
