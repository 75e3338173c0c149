package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.paramgen.IntGen;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Histories of threads that use a queue at the same time: each must be linearizable, with a plain
 * list as the model.
 */
class QueueHistoryTest {

    private static final int CAPACITY = 3;
    private static final int ITERATIONS = 30;
    private static final int INVOCATIONS = 300;

    @TempDir Path temporary;

    @Test
    void shouldBeLinearizable() throws Exception {
        // In a program of its own: the checker changes the JVM's classes and leaves a JAR in the
        // temporary directory.
        List<String> flags = List.of("-Djava.io.tmpdir=" + temporary);
        List<String> command = TestProgram.command(flags, Checker.class);
        try (TestProgram checker = TestProgram.start(temporary, command)) {
            assertThat(checker.awaitExit()).as(checker.text()).isZero();
            assertThat(checker.lines()).contains(Checker.LINEARIZABLE);
        }
    }

    /**
     * A program that makes and checks the histories; it throws and prints one that is not
     * linearizable.
     */
    static final class Checker {

        static final String LINEARIZABLE = "all histories are linearizable";

        private Checker() {}

        public static void main(String[] arguments) {
            StressOptions options =
                    new StressOptions()
                            .iterations(ITERATIONS)
                            .invocationsPerIteration(INVOCATIONS)
                            .threads(3)
                            .actorsPerThread(4)
                            .sequentialSpecification(Model.class);
            LinChecker.check(Subject.class, options);
            System.out.println(LINEARIZABLE);
        }
    }

    /**
     * The same queue for all histories, cleared before each: so its position moves round the ring.
     */
    @Param(name = "element", gen = IntGen.class, conf = "1:4")
    public static final class Subject {

        private static final ProcessQueue<Integer> QUEUE = ProcessQueue.create(CAPACITY);

        private final ProcessQueue<Integer> queue = QUEUE;

        public Subject() {
            queue.clear();
        }

        @Operation
        public boolean offer(@Param(name = "element") int element) {
            return queue.offer(element);
        }

        @Operation
        public @Nullable Integer poll() {
            return queue.poll();
        }

        @Operation
        public @Nullable Integer peek() {
            return queue.peek();
        }

        @Operation
        public int size() {
            return queue.size();
        }

        @Operation
        public boolean remove(@Param(name = "element") int element) {
            return queue.remove((Object) element);
        }

        @Operation
        public boolean contains(@Param(name = "element") int element) {
            return queue.contains(element);
        }
    }

    /** The sequential model of the queue. */
    public static final class Model {

        private final Deque<Integer> queue = new ArrayDeque<>();

        public boolean offer(int element) {
            return queue.size() < CAPACITY && queue.offer(element);
        }

        public @Nullable Integer poll() {
            return queue.poll();
        }

        public @Nullable Integer peek() {
            return queue.peek();
        }

        public int size() {
            return queue.size();
        }

        public boolean remove(int element) {
            return queue.remove((Object) element);
        }

        public boolean contains(int element) {
            return queue.contains(element);
        }
    }
}
