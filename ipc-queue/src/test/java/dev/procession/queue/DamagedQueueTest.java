package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.UndecodableException;
import dev.procession.core.life.Session;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Queues whose memory was cut or overwritten: no crash, no hang, a clear error. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DamagedQueueTest {

    private static final int BODY = 128;
    private static final int WORDS = 1024;
    private static final int RING = 8192;

    private static final int VERSION_BYTE = 0; // of the first word, in the machine's order
    private static final int KIND = 8;
    private static final int LENGTH = 16;
    private static final int CAPACITY = 128;

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void shouldSayWhatIsWrongToWhoOpensIt(String message, Damage damage) throws Exception {
        String name = "damaged-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).capacity(4).build()) {
            queue.put("a");
            Path path = named(name);
            // A copy takes its place: the segment that this process has mapped stays whole.
            byte[] bytes = Files.readAllBytes(path);
            Files.delete(path);
            Files.write(path, damage.of(bytes));
            try (TestProgram other = TestProgram.startAsThisUser(Opener.class, name)) {
                int code = other.awaitExit();
                assertThat(other.text()).contains(name, message, path.toString());
                assertThat(code).isEqualTo(Opener.REFUSED);
            }
            assertThat(queue.take()).isEqualTo("a");
        }
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                Arguments.of("bytes=0", damage(bytes -> new byte[0])),
                Arguments.of(
                        "not a whole segment of kind QUEUE",
                        damage(bytes -> Arrays.copyOf(bytes, bytes.length / 2))),
                Arguments.of(
                        "found version 9",
                        damage(bytes -> with(bytes, VERSION_BYTE, word(bytes, 0) + 8))),
                Arguments.of("found magic 0x61", damage(bytes -> with(bytes, VERSION_BYTE, 0x61L))),
                Arguments.of(
                        "not a whole segment of kind QUEUE",
                        damage(bytes -> with(bytes, KIND, 1_000))),
                Arguments.of(
                        "not a whole segment of kind QUEUE",
                        damage(bytes -> with(bytes, LENGTH, bytes.length + 8L))),
                Arguments.of("capacity=-1", damage(bytes -> with(bytes, CAPACITY, -1))));
    }

    private static Damage damage(Damage damage) {
        return damage;
    }

    private static long word(byte[] bytes, int offset) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong(offset);
    }

    private static byte[] with(byte[] bytes, int offset, long word) {
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(offset, word);
        return bytes;
    }

    private static Path named(String name) throws IOException {
        Path sessions = Session.current().home().getParent();
        Path home = sessions.resolveSibling(sessions.getFileName() + "-names").resolve(name);
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.getFileName().toString().matches("q[^.]*"))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A change to the bytes of a segment. */
    interface Damage {
        /** Returns the changed bytes. */
        byte[] of(byte[] bytes);
    }

    /** A program that opens a queue by its name. */
    static final class Opener {

        static final int REFUSED = 3;

        private Opener() {}

        public static void main(String[] arguments) {
            try {
                ProcessQueue<String> queue = ProcessQueue.open(arguments[0]);
                System.out.println("opened: " + queue.size());
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
                System.exit(REFUSED);
            }
        }
    }

    @Test
    void shouldEndEachCallWhateverIsWrittenOverIt() throws Exception {
        // In a program of its own: a damaged queue cannot free its files, the end of the program
        // does.
        try (TestProgram scribbler = TestProgram.start(Scribbler.class)) {
            int refused = Integer.parseInt(scribbler.awaitLine(Scribbler.REFUSED));
            assertThat(scribbler.awaitExit()).as(scribbler.text()).isZero();
            assertThat(refused).isPositive();
        }
    }

    /**
     * A program that overwrites its queues and uses them; it throws if a call does anything but
     * work or refuse.
     */
    static final class Scribbler {

        static final String REFUSED = "refused calls: ";

        private Scribbler() {}

        public static void main(String[] arguments) throws Exception {
            int refused = 0;
            for (int seed = 0; seed < 200; seed++) {
                refused += scribbleAndUse(seed);
            }
            System.out.println(REFUSED + refused);
        }

        private static int scribbleAndUse(int seed) throws Exception {
            Random random = new Random(seed);
            ProcessQueue<String> queue = ProcessQueue.create(100);
            for (int i = 0; i < 50; i++) {
                queue.put("element " + i);
            }
            Path path = segment();
            scribble(path, random);
            int refused = 0;
            for (int i = 0; i < 100; i++) {
                try {
                    use(queue, i);
                } catch (QueueException e) {
                    refused++;
                    assertThat(e).as("seed %d", seed).hasMessageContaining("the queue");
                }
            }
            Files.deleteIfExists(path);
            return refused;
        }
    }

    private static void use(ProcessQueue<String> queue, int step) throws InterruptedException {
        try {
            Object unused =
                    switch (step % 5) {
                        case 0 -> queue.offer("x", 1, TimeUnit.MILLISECONDS);
                        case 1 -> queue.size();
                        case 2 -> queue.peek();
                        default -> queue.poll(1, TimeUnit.MILLISECONDS);
                    };
        } catch (UndecodableException e) {
            assertThat(e).hasMessageContaining("decode");
        }
    }

    private static void scribble(Path path, Random random) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            int words = (random.nextBoolean() ? WORDS : RING) / Long.BYTES;
            for (int i = random.nextInt(40); i >= 0; i--) {
                file.seek(BODY + random.nextInt(words) * (long) Long.BYTES);
                file.writeLong(
                        random.nextBoolean()
                                ? random.nextLong()
                                : (long) random.nextInt(200) << (Byte.SIZE * random.nextInt(8)));
            }
        }
    }

    private static Path segment() throws IOException {
        return SessionFiles.ofQueuesHere().get(0);
    }
}
