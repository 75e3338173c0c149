package dev.procession.queue.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.SessionDirectory;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.snapshot.QueueSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no queues, or no longer whole ones, seen from outside. */
@Timeout(60)
class QueueWatchTest {

    private static final int CAPACITY = 4;
    private static final int KIND = 8;

    @TempDir Path directory;

    private Path home;
    private Path file;
    private byte[] sound;

    @BeforeEach
    void makeAQueue() throws Exception {
        home = directory.resolve("home");
        SessionDirectory.makePrivate(home);
        file = home.resolve("q1-1");
        QueueShape shape = QueueShape.of(CAPACITY, 4096);
        Segment.create(file, SegmentKind.QUEUE, shape.segmentBytes(), shape.toWords());
        sound = Files.readAllBytes(file);
        Files.delete(file); // from now on copies take its place
    }

    private List<QueueSnapshot> look() {
        return new QueueWatch().look(home, directory.resolve("none"), null, member -> 0);
    }

    private List<QueueSnapshot> look(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        List<QueueSnapshot> seen = look();
        assertThat(file).hasBinaryContent(bytes);
        return seen;
    }

    private byte[] with(int offset, long word) {
        byte[] bytes = sound.clone();
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(offset, word);
        return bytes;
    }

    private long word(int offset) {
        return ByteBuffer.wrap(sound).order(ByteOrder.nativeOrder()).getLong(offset);
    }

    @Test
    void shouldShowAnEmptyQueue() throws Exception {
        assertThat(look(sound))
                .containsExactly(
                        new QueueSnapshot(
                                "q1-1", null, CAPACITY, 0, 0, 4096, 0, false, List.of(),
                                List.of()));
    }

    @Test
    void shouldLeaveOutWhatIsNotAWholeQueueOfThisVersion() throws Exception {
        assertThat(look(new byte[0])).isEmpty();
        assertThat(look(Arrays.copyOf(sound, 100))).isEmpty();
        assertThat(look(Arrays.copyOf(sound, QueueLayout.DATA))).isEmpty();
        assertThat(look(Arrays.copyOf(sound, sound.length - 8))).isEmpty();
        assertThat(look(Arrays.copyOf(sound, sound.length + 8))).isEmpty();
        assertThat(look(new byte[sound.length])).isEmpty();
        assertThat(look(with(0, word(0) + 1))).as("another version").isEmpty();
        assertThat(look(with(KIND, 2))).isEmpty();
        assertThat(look(with(QueueLayout.CAPACITY, -1))).isEmpty();
        assertThat(look(with(QueueLayout.RING_BYTES, 1L << 62))).isEmpty();
        byte[] random = new byte[sound.length];
        new Random(1).nextBytes(random);
        assertThat(look(random)).isEmpty();
        assertThat(look(sound)).hasSize(1);
    }

    @Test
    void shouldLeaveOutWhatIsNoFileAndWhatIsGone() throws Exception {
        Files.createDirectory(file);
        Files.createSymbolicLink(home.resolve("q1-2"), directory.resolve("q"));
        Files.write(directory.resolve("q"), sound);
        Files.write(home.resolve(".q1-3.new"), sound); // it is being made
        Files.write(home.resolve("q1-1.e1-1"), sound);
        assertThat(look()).isEmpty();
        Path none = directory.resolve("none");
        assertThat(new QueueWatch().look(none, none, "name", member -> 0)).isEmpty();
    }

    @Test
    void shouldShowNoNonsenseWhateverIsWrittenOverTheWords() throws Exception {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] bytes = sound.clone();
            ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            for (int i = random.nextInt(200); i >= 0; i--) {
                int place = QueueLayout.STATE + 8 * random.nextInt(2900);
                words.putLong(place, random.nextBoolean() ? random.nextLong() : 1);
            }
            List<QueueSnapshot> seen = look(bytes);
            assertThat(seen).as("seed %d", seed).hasSize(1);
            assertThat(seen.get(0).size())
                    .as("seed %d", seed)
                    .isBetween(0L, (long) CAPACITY + QueueLayout.LEASE_COUNT);
            assertThat(seen.get(0).bytes()).as("seed %d", seed).isNotNegative();
            assertThat(seen.get(0).oldestAge()).as("seed %d", seed).isNotNegative();
        }
    }

    @Test
    void shouldKnowTheAgeFromTheFirstLookThatSawTheElement() {
        QueueAge age = new QueueAge();
        assertThat(age.look(1000, 10, 10)).as("empty").isZero();
        assertThat(age.look(2000, 30, 10)).as("new").isZero();
        assertThat(age.look(3000, 40, 10)).isEqualTo(1000);
        assertThat(age.look(4000, 40, 29)).as("a part is left").isEqualTo(2000);
        assertThat(age.look(5000, 40, 30)).as("the next is younger").isEqualTo(2000);
        assertThat(age.look(6000, 40, 40)).as("empty").isZero();
        assertThat(age.look(7000, 5, 1)).as("another queue").isZero();
        assertThat(age.look(8000, 5, 1)).isEqualTo(1000);
    }

    @Test
    void shouldBeBoundedAndNeverTooMuchAfterManyLooks() {
        QueueAge age = new QueueAge();
        int behind = 1000; // looks that an element stays
        for (int i = 1; i <= 5000; i++) {
            long known = age.look(i, 10L * i, Math.max(0, 10L * (i - behind)));
            assertThat(known).isLessThanOrEqualTo(Math.min(i, behind));
            if (i > behind) {
                assertThat(known).isGreaterThan(behind / 2);
            }
        }
    }
}
