package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Iterables;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import dev.procession.testing.Background;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ends of a lane in one process. */
class LaneEndTest {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private LaneEnd one;
    private LaneEnd other;

    @BeforeEach
    void open() throws Exception {
        LaneEnd[] pair = LaneEnd.createPair(1 << 12);
        one = pair[0];
        other = pair[1];
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        other.close();
    }

    @Test
    void shouldHaveOneHolderOfAnEndThatMoved() throws Exception {
        LaneHandle handle = other.move();
        assertThatThrownBy(other::poll)
                .isInstanceOf(LaneEndedException.class)
                .hasMessageContaining("moved");
        LaneEnd moved = LaneEnd.attach(handle);
        assertThatThrownBy(() -> LaneEnd.attach(handle))
                .isInstanceOf(LaneEndedException.class)
                .hasMessageContaining("another holder");
        assertThat(other.takeBack(handle)).isFalse();
        requireWakeUps(moved); // the refused attempt did not replace the holder
        moved.close();
    }

    @Test
    void shouldComeBackFromAMoveThatDidNotHappen() throws Exception {
        one.offer(3, 5, new byte[] {7});
        LaneHandle handle = other.move();
        assertThat(other.takeBack(handle)).isTrue();
        Message message = other.poll();
        assertThat(message).isNotNull();
        assertThat(message.type()).isEqualTo(3);
        assertThat(message.id()).isEqualTo(5);
        assertThat(message.payload()).containsExactly(7);
        assertThatThrownBy(() -> LaneEnd.attach(handle)).isInstanceOf(LaneEndedException.class);
        requireWakeUps(other);
    }

    /**
     * A sleep without a wake-up lasts 100 ms. The median of many rounds is as long only if most
     * wake-ups are lost; a busy machine delays few of them.
     */
    private void requireWakeUps(LaneEnd receiver) throws Exception {
        long[] nanos = new long[50];
        for (int i = 0; i < nanos.length; i++) {
            Background<Boolean> received =
                    Background.start(
                                    () ->
                                            receiver.awaitMessage(60 * SECOND_NANOS)
                                                    && receiver.poll() != null)
                            .awaitBlocked();
            long start = System.nanoTime();
            one.offer(0, i, new byte[1]);
            assertThat(received.get()).isTrue();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        assertThat(nanos[nanos.length / 2]).isLessThan(SECOND_NANOS / 20);
    }

    @Test
    void shouldNotMoveWhenAKeptFileCannotBeRemoved() throws Exception {
        LaneHandle handle = other.move();
        LaneEnd moved = LaneEnd.attach(handle);
        sendLarge(1, 1 << 20);
        receiveLarge(moved, 1, 1 << 20);
        Path kept = onlySpill(handle);
        Files.delete(kept);
        Path obstacle = Files.createDirectories(kept.resolve("obstacle"));
        assertThatThrownBy(one::move).isInstanceOf(DirectoryNotEmptyException.class);
        Files.delete(obstacle);
        Files.delete(kept);

        sendLarge(2, 1 << 20);
        receiveLarge(moved, 2, 1 << 20);
        assertThat(one.takeBack(one.move())).isTrue();
        moved.close();
    }

    @Test
    void shouldRemoveTheKeptFileOfASenderWhoseEndHasMoved() throws Exception {
        LaneHandle handle = other.move();
        LaneEnd moved = LaneEnd.attach(handle);
        sendLarge(1, 1 << 20);
        sendLarge(2, 1 << 20);
        receiveLarge(moved, 1, 1 << 20);
        ByteBuffer memory = Segment.open(Path.of(handle.path()), SegmentKind.LANE).memory();
        int owner = LaneLayout.owner(0);
        long mine = Words.getVolatile(memory, owner);
        LaneHandle onItsWay = one.move(); // removes the files that were read
        Words.setVolatile(memory, owner, LaneOwner.HELD.word(1, LaneOwner.member(mine) + 1000));
        Path unread = onlySpill(handle);

        receiveLarge(moved, 2, 1 << 20);

        assertThat(unread).doesNotExist();
        Words.setVolatile(memory, owner, LaneOwner.MOVING.word(1, LaneOwner.member(mine)));
        assertThat(one.takeBack(onItsWay)).isTrue();
        moved.close();
    }

    private static Path onlySpill(LaneHandle handle) throws IOException {
        String spills = "p" + Long.toHexString(handle.id()) + "-*";
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(Path.of(handle.path()).getParent(), spills)) {
            return Iterables.getOnlyElement(found);
        }
    }

    @Test
    void shouldLeaveNoFileWhenBothEndsAreClosed() throws Exception {
        LaneHandle handle = other.move();
        Path segment = Path.of(handle.path());
        assertThat(segment).exists();
        LaneEnd moved = LaneEnd.attach(handle);
        one.offer(0, 0, new byte[1 << 20]); // larger than the ring: a file of its own
        String spills = "p" + Long.toHexString(handle.id()) + "-";
        assertThat(files(segment.getParent(), spills)).isEqualTo(1);
        one.close();
        assertThat(segment).exists();
        moved.close();
        assertThat(segment).doesNotExist();
        assertThat(files(segment.getParent(), spills)).isZero();
    }

    /** Fresh memory for each message would cost more than the copy. */
    @Test
    void shouldWriteOverLargeMessagesThatWereRead() throws Exception {
        LaneHandle handle = other.move();
        LaneEnd moved = LaneEnd.attach(handle);
        Path directory = Path.of(handle.path()).getParent();
        String spills = "p" + Long.toHexString(handle.id()) + "-";
        for (int round = 0; round < 10; round++) {
            sendLarge(round, (1 << 20) - round);
            receiveLarge(moved, round, (1 << 20) - round);
            assertThat(files(directory, spills)).isEqualTo(1);
        }
        sendLarge(10, 1 << 21); // larger than the kept file
        receiveLarge(moved, 10, 1 << 21);
        assertThat(files(directory, spills)).isEqualTo(2);
        moved.close();
        one.close();
        assertThat(files(directory, spills)).isZero();
    }

    @Test
    void shouldKeepFewLargeMessages() throws Exception {
        LaneHandle handle = other.move();
        LaneEnd moved = LaneEnd.attach(handle);
        Path directory = Path.of(handle.path()).getParent();
        String spills = "p" + Long.toHexString(handle.id()) + "-";
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 8; i++) {
                sendLarge(i, 1 << 20);
            }
            assertThat(files(directory, spills)).isEqualTo(8);
            for (int i = 0; i < 8; i++) {
                receiveLarge(moved, i, 1 << 20);
            }
            assertThat(files(directory, spills)).isEqualTo(4);
        }
        sendLarge(0, 65 << 20);
        receiveLarge(moved, 0, 65 << 20);
        assertThat(files(directory, spills)).as("in place of the small ones").isEqualTo(1);
        moved.close();
        one.close();
        assertThat(files(directory, spills)).isZero();
    }

    @Test
    void shouldDeliverLargeMessagesOfAllSizesInOrder() throws Exception {
        Random random = new Random(42);
        Deque<int[]> underWay = new ArrayDeque<>();
        for (int i = 0; i < 400; i++) {
            int bytes = random.nextInt(1 << random.nextInt(6, 22));
            byte[] payload = new byte[bytes];
            Arrays.fill(payload, (byte) i);
            if (random.nextBoolean() && one.offer(1, i, payload)) {
                underWay.addLast(new int[] {i, bytes});
            } else if (!underWay.isEmpty()) {
                int[] expected = underWay.removeFirst();
                receiveLarge(other, expected[0], expected[1]);
            }
        }
        while (!underWay.isEmpty()) {
            int[] expected = underWay.removeFirst();
            receiveLarge(other, expected[0], expected[1]);
        }
        assertThat(other.poll()).isNull();
    }

    private void sendLarge(int number, int bytes) throws Exception {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, (byte) number);
        assertThat(one.offer(1, number, payload)).isTrue();
    }

    private static void receiveLarge(LaneEnd receiver, int number, int bytes) throws Exception {
        Message message = receiver.poll();
        assertThat(message).isNotNull();
        assertThat(message.id()).isEqualTo(number);
        byte[] expected = new byte[bytes];
        Arrays.fill(expected, (byte) number);
        assertThat(message.payload()).isEqualTo(expected);
    }

    private static long files(Path directory, String prefix) {
        String[] names = directory.toFile().list();
        return Arrays.stream(names == null ? new String[0] : names)
                .filter(name -> name.startsWith(prefix))
                .count();
    }

    @Test
    void shouldGiveItsDescriptorsBack() throws Exception {
        sleepOnce();
        int before = descriptors();
        for (int i = 0; i < 200; i++) {
            close();
            open();
            sleepOnce();
        }
        assertThat(descriptors()).isLessThan(before + 20);
    }

    private void sleepOnce() throws Exception {
        assertThat(other.awaitMessage(1_000_000)).isFalse();
        while (one.offer(0, 0, new byte[500])) {
            // until there is no room
        }
        assertThat(one.awaitRoom(500, 1_000_000)).isFalse();
    }

    private static int descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    @Test
    void shouldReportAClosedPeerOnlyAfterItsMessages() throws Exception {
        one.offer(0, 1, new byte[1]);
        one.close();
        assertThat(other.awaitMessage(60 * SECOND_NANOS)).isTrue();
        assertThat(other.poll()).isNotNull();
        assertThat(other.awaitMessage(60 * SECOND_NANOS)).isFalse();
        assertThat(other.peerState(false)).isEqualTo(PeerState.CLOSED);
    }
}
