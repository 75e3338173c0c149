package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.Codec;
import dev.procession.core.life.NamedMembers;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The maker of a queue with a name dies while another program opens it. */
@Timeout(60)
class DeathWhileAttachingTest {

    /** How long this program is about to attach: long enough for the other one to sweep. */
    private static final long ATTACHING_MILLIS = 500;

    private final String name =
            "attaching-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    /** Makes the queue, and waits until it is killed. */
    static final class Maker {

        private Maker() {}

        public static void main(String[] args) throws Exception {
            ProcessQueue<String> queue = ProcessQueue.builder().name(args[0]).build();
            queue.put("harry");
            System.out.println("made: ");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** Opens the queue, which sweeps the files of dead members. */
    static final class Opener {

        private Opener() {}

        public static void main(String[] args) throws Exception {
            System.out.println("opening: ");
            ProcessQueue<String> queue = ProcessQueue.open(args[0]);
            System.out.println("size: " + queue.size());
            System.in.read();
        }
    }

    @Test
    void shouldFindTheElementsWhenAnotherProgramSweepsMeanwhile() throws Exception {
        AtomicReference<TestProgram> opener = new AtomicReference<>();
        try (TestProgram maker = TestProgram.startAsThisUser(Maker.class, name)) {
            maker.awaitLine("made: ");
            QueueCore core =
                    NamedMembers.join(
                            name,
                            NamedMembers.Expectation.TAKEN,
                            founder -> {},
                            members -> {
                                opener.set(openAfterTheDeathOf(maker));
                                return QueueCore.attach(members, name, ended -> {});
                            });
            try (ProcessQueue<String> queue = new ProcessQueue<>(core, Codec.standard())) {
                assertThat(opener.get().awaitLine("size: ")).isEqualTo("1");
                assertThat(queue.poll()).isEqualTo("harry");
            }
        } finally {
            if (opener.get() != null) {
                opener.get().close();
            }
        }
    }

    private TestProgram openAfterTheDeathOf(TestProgram maker) throws IOException {
        try {
            maker.kill();
            TestProgram opener = TestProgram.startAsThisUser(Opener.class, name);
            opener.awaitLine("opening: ");
            Thread.sleep(ATTACHING_MILLIS);
            return opener;
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
