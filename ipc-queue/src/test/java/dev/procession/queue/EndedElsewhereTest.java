package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.Session;
import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process waits at queues that another one ends. */
@Timeout(60)
class EndedElsewhereTest {

    private static final int ROUNDS = 20;

    /** Descriptors that threads of the JDK may open at any time. */
    private static final int OTHERS = 10;

    private final String name =
            "elsewhere-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    /** Waits at one queue of the name after another. */
    static final class Waiter {

        private Waiter() {}

        public static void main(String[] args) throws Exception {
            int before = 0;
            for (int round = 0; round <= ROUNDS; round++) {
                ProcessQueue<Integer> queue = ProcessQueue.open(args[0]);
                System.out.println("open: ");
                try {
                    queue.take();
                } catch (QueueClosedException e) {
                    // as expected
                }
                if (round == 0) {
                    before = descriptors();
                }
                System.out.println("over: ");
                System.in.read();
            }
            System.out.println("more: " + (descriptors() - before));
        }

        private static int descriptors() {
            String[] open = new File("/proc/self/fd").list();
            return open == null ? 0 : open.length;
        }
    }

    @Test
    void shouldGiveBackWhatItHadForQueuesThatAnotherProcessEnded() throws Exception {
        ProcessQueue<Integer> queue = ProcessQueue.builder().name(name).build();
        try (TestProgram waiter = TestProgram.startAsThisUser(Waiter.class, name)) {
            for (int round = 0; round <= ROUNDS; round++) {
                waiter.awaitLine("open: ");
                awaitBell();
                queue.close();
                waiter.awaitLine("over: ");
                queue = ProcessQueue.builder().name(name).build();
                waiter.write('\n');
            }
            assertThat(Integer.parseInt(waiter.awaitLine("more: "))).isLessThan(OTHERS);
            waiter.awaitExit();
        }
        queue.close();
    }

    /** Waits until the other program waits at the queue: it has a bell then. */
    private void awaitBell() throws IOException {
        Path sessions = Session.current().home().getParent();
        Path home = sessions.resolveSibling(sessions.getFileName() + "-names").resolve(name);
        Await.until(
                () -> {
                    try (Stream<Path> files = Files.list(home)) {
                        return files.anyMatch(file -> file.getFileName().toString().contains(".b"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "the other program waits");
    }
}
