package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process works on the last element of a closed queue with a name: the queue has ended, the work
 * has not.
 */
@Timeout(60)
class LastElementAtWorkTest {

    private static final int QUEUES = 30;

    private final String name = "last-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    /** Returns how many proofs of life this process has for the name. */
    private static long proofs(String name) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(each -> target(each).contains("/" + name + "/m")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // it was closed
        }
    }

    /** Takes an element, and marks it as done when it gets input. */
    static final class Worker {

        private Worker() {}

        public static void main(String[] args) throws Exception {
            ProcessQueue<String> queue = ProcessQueue.open(args[0]);
            System.out.println("taken: " + queue.take());
            System.in.read();
            queue.taskDone();
            System.out.println("proofs: " + proofs(args[0]));
        }
    }

    @Test
    void shouldBeWaitedForByJoin() throws Exception {
        ProcessQueue<String> queue = ProcessQueue.builder().name(name).build();
        queue.put("harry");
        try (TestProgram worker = TestProgram.startAsThisUser(Worker.class, name)) {
            queue.close();
            assertThat(worker.awaitLine("taken: ")).isEqualTo("harry");

            assertThat(queue.join(Duration.ofMillis(700))).isFalse();

            worker.write('\n');
            assertThat(worker.awaitLine("proofs: ")).isEqualTo("0");
            assertThat(queue.join(Await.PATIENCE)).isTrue();
            assertThat(worker.awaitExit()).as(worker.text()).isZero();
        }
    }

    @Test
    void shouldNotBeWaitedForByJoinWhenTheProcessIsDead() throws Exception {
        ProcessQueue<String> queue = ProcessQueue.builder().name(name).build();
        queue.put("harry");
        try (TestProgram worker = TestProgram.startAsThisUser(Worker.class, name)) {
            queue.close();
            worker.awaitLine("taken: ");
            worker.kill();

            assertThat(queue.join(Await.PATIENCE)).isTrue();
        }
    }

    /** Uses queues of the name one after the other, and never calls taskDone. */
    static final class Careless {

        private Careless() {}

        public static void main(String[] args) throws Exception {
            for (int i = 0; i < QUEUES; i++) {
                try (ProcessQueue<Integer> queue = ProcessQueue.builder().name(args[0]).build()) {
                    queue.put(i);
                    queue.take();
                }
            }
            Await.until(
                    () -> {
                        System.gc();
                        return proofs(args[0]) == 0;
                    },
                    "the proofs of life of queues that nobody can reach are given back");
            System.out.println("given back: ");
        }
    }

    @Test
    void shouldKeepNothingForAQueueThatNobodyCanReach() throws Exception {
        try (TestProgram careless = TestProgram.startAsThisUser(Careless.class, name)) {
            careless.awaitLine("given back: ");
            assertThat(careless.awaitExit()).as(careless.text()).isZero();
        }
    }
}
