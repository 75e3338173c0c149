package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.life.Session;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Queues with a name, used by unrelated programs. */
class NamedQueueTest {

    private final String name = "test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @Test
    void shouldBeOpenedByAnUnrelatedProgram() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).capacity(4).build();
                TestProgram other = program("echo")) {
            queue.put("harry");
            assertThat(other.awaitExit()).as(other.text()).isZero();
            assertThat(queue.take()).isEqualTo("harry!");
        }
        assertThat(directories()).isEmpty();
    }

    @Test
    void shouldGoOnWhenAnUnrelatedProgramWasKilledInALock() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).capacity(4).build();
                TestProgram other = program("echo", "-Dprocession.killPoint=PUT_COMMITTED:1")) {
            queue.put("harry");
            assertThat(other.awaitExit()).as(other.text()).isEqualTo(137);
            queue.put("ron");
            assertThat(queue.take()).isEqualTo("harry!");
            assertThat(queue.take()).isEqualTo("ron");
        }
    }

    @Test
    void shouldBeOneQueueForAllOfAProgram() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).build()) {
            ProcessQueue<String> same = ProcessQueue.open(name);
            same.put("a");
            assertThat(queue.take()).isEqualTo("a");
            ByteBuffer handle = ByteBuffer.wrap(Codec.standard().encode(queue));
            assertThat((ProcessQueue<?>) Codec.standard().decode(handle)).isEmpty();
            assertThatThrownBy(() -> ProcessQueue.builder().name(name).build())
                    .isInstanceOf(QueueException.class)
                    .hasMessageContaining(name);
            same.put("b");
            assertThat(ProcessQueue.builder().name(name).openOrBuild()).containsExactly("b");
            queue.clear();
        }
    }

    @Test
    void shouldBeFreeAgainWhenItHasEnded() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (ProcessQueue<Integer> queue = ProcessQueue.builder().name(name).build()) {
                queue.put(i);
                assertThat(queue.take()).isEqualTo(i);
            }
        }
        assertThatThrownBy(() -> ProcessQueue.open(name))
                .isInstanceOf(QueueException.class)
                .hasMessageContaining("name=" + name);
    }

    @Test
    void shouldBeFreeAgainWhenAllWhoHadItOpenAreDead() throws Exception {
        try (TestProgram other = program("make")) {
            other.awaitLine("made");
            other.kill();
        }
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).build()) {
            assertThat(queue).isEmpty();
        }
        assertThat(directories()).isEmpty();
    }

    /**
     * Returns a closed queue whose last element was taken by a program that was killed before it
     * ended the queue.
     */
    private ProcessQueue<String> emptiedByAProgramThatWasKilled() throws Exception {
        ProcessQueue<String> queue = ProcessQueue.builder().name(name).capacity(4).build();
        queue.put("harry");
        queue.close();
        try (TestProgram other = program("echo", "-Dprocession.killPoint=TAKE_UNLOCKED:1")) {
            assertThat(other.awaitExit()).as(other.text()).isEqualTo(137);
        }
        return queue;
    }

    @Test
    void shouldBeFreeAgainWhenTheOneThatEmptiedItWasKilled() throws Exception {
        ProcessQueue<String> old = emptiedByAProgramThatWasKilled();
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).build()) {
            queue.put("ron");
            assertThat(queue.take()).isEqualTo("ron");
            assertThat(old.isClosed()).isTrue();
        }
        assertThat(directories()).isEmpty();
    }

    @Test
    void shouldEndWhenItIsPolledAndTheOneThatEmptiedItWasKilled() throws Exception {
        assertThat(emptiedByAProgramThatWasKilled().poll()).isNull();
        assertThat(directories()).isEmpty();
    }

    @Test
    void shouldEndWhenItIsDrainedAndTheOneThatEmptiedItWasKilled() throws Exception {
        assertThat(emptiedByAProgramThatWasKilled().drainTo(new ArrayList<>())).isZero();
        assertThat(directories()).isEmpty();
    }

    @Test
    void shouldEndWhenItIsClearedAndTheOneThatEmptiedItWasKilled() throws Exception {
        emptiedByAProgramThatWasKilled().clear();
        assertThat(directories()).isEmpty();
    }

    @Test
    void shouldLeaveNothingWhenItsLastUserEnds() throws Exception {
        try (TestProgram other = program("leave")) {
            assertThat(other.awaitExit()).as(other.text()).isZero();
        }
        assertThat(directories()).isEmpty();
    }

    @Test
    void shouldRefuseNamesThatCouldBePaths() {
        assertThatThrownBy(() -> ProcessQueue.open("../x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private TestProgram program(String what, String... flags) throws IOException {
        List<String> all = new ArrayList<>(List.of(flags));
        all.add(TestProgram.AS_THIS_USER);
        return TestProgram.start(Path.of("."), TestProgram.command(all, Program.class, what, name));
    }

    private List<String> directories() throws IOException {
        Path sessions = Session.current().home().getParent();
        Path names = sessions.resolveSibling(sessions.getFileName() + "-names");
        if (!Files.isDirectory(names)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(names)) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name::equals)
                    .collect(Collectors.toList());
        }
    }

    /** The other programs; the first argument says what they do. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            String name = arguments[1];
            if (arguments[0].equals("echo")) {
                ProcessQueue<String> queue = ProcessQueue.open(name);
                queue.put(queue.take() + "!");
                return;
            }
            ProcessQueue<String> queue = ProcessQueue.builder().name(name).build();
            queue.put("left behind");
            if (arguments[0].equals("make")) {
                System.out.println("made");
                Thread.sleep(Long.MAX_VALUE); // until it is killed
            }
        }
    }
}
