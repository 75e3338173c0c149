package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The spill files of large messages that were read are overwritten by later messages. */
@Timeout(60)
class LargeSpillTest extends OwnLane {

    private static final int ROUNDS = 5;

    private void pass(byte[] payload) throws IOException {
        assertThat(sender.offer(0, 1, payload)).isTrue();
        Message message = receiver.poll();
        assertThat(message).isNotNull();
        assertThat(message.payload()).isEqualTo(payload);
    }

    private static byte[] payload(int megabytes) {
        byte[] payload = new byte[megabytes * MIB];
        payload[payload.length - 1] = (byte) megabytes;
        return payload;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8, 20, 48, 65, 200})
    void shouldReuseTheSameFileWhicheverFilesWereKeptBefore(int megabytes) throws IOException {
        for (int small = 1; small <= 4; small++) {
            pass(payload(small));
        }
        byte[] payload = payload(megabytes);
        pass(payload);
        Set<Path> first = spills();
        for (int round = 0; round < ROUNDS; round++) {
            pass(payload);
            assertThat(spills()).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 20})
    void shouldReuseTheSpillFileOfAPipe(int megabytes) throws IOException {
        ByteBuffer payload = ByteBuffer.wrap(payload(megabytes));
        ByteBuffer into = ByteBuffer.allocate(payload.capacity());
        Set<Path> first = null;
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(sender.offerLarge(0, 1, payload, 0, payload.capacity())).isTrue();
            assertThat(receiver.next()).isTrue();
            receiver.copyPayload(into, 0);
            receiver.release();
            assertThat(into).isEqualTo(payload);
            first = first == null ? spills() : first;
            assertThat(first).hasSize(1);
            assertThat(spills()).isEqualTo(first);
        }
    }

    @Test
    void shouldKeepAFewAndNotTooMuch() throws IOException {
        for (int megabytes = 1; megabytes <= 24; megabytes++) {
            pass(payload(megabytes));
        }
        long bytes = 0;
        for (Path file : spills()) {
            bytes += Files.size(file);
        }
        assertThat(spills()).hasSizeBetween(1, 4);
        assertThat(bytes).isLessThanOrEqualTo(64L * MIB);
    }

    @Test
    void shouldReuseAFileThatBarelyFitsNoRing() throws IOException {
        byte[] payload = new byte[100 << 10];
        pass(payload);
        Set<Path> first = spills();
        assertThat(first).hasSize(1);
        for (int round = 0; round < ROUNDS; round++) {
            pass(payload);
            assertThat(spills()).isEqualTo(first);
        }
    }

    private Payload take(byte[] payload) throws IOException {
        assertThat(sender.offer(0, 1, payload)).isTrue();
        assertThat(receiver.peek()).isTrue();
        assertThat(receiver.isSpilled()).isTrue();
        return receiver.takePayload();
    }

    /** However it is read: from the new file, at once or by its descriptor, or where it lies. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldNotWriteOverAPayloadBeforeItIsDecoded(int megabytes) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] early = payload(megabytes);
            early[0] = (byte) round;
            Payload kept = take(early);
            Set<Path> files = spills();
            for (int other = 0; other < ROUNDS; other++) {
                pass(payload(megabytes));
            }
            assertThat(spills()).containsAll(files);
            assertThat(kept.<byte[]>decode(LargeSpillTest::copy)).isEqualTo(early);
        }
        assertThat(spills()).hasSizeLessThanOrEqualTo(2);
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    @Test
    void shouldSendOnWhileNothingIsDecodedAndReuseWhatWasGivenUp() throws IOException {
        List<Payload> unread = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            unread.add(take(payload(2)));
            assertThat(spills()).as("those given away have no name").hasSizeLessThan(5);
        }
        for (Payload each : unread) {
            each.discard();
        }
        Set<Path> kept = spills();
        for (int round = 0; round < ROUNDS; round++) {
            pass(payload(2));
            assertThat(spills()).isEqualTo(kept);
        }
    }

    @Test
    void shouldDecodeAPayloadWhoseLaneHasGone() throws IOException {
        pass(payload(2));
        Payload mapped = take(payload(2));
        Payload opened = take(payload(3));
        sender.close();
        receiver.close();
        assertThat(spills()).isEmpty();
        assertThat(mapped.take()).isEqualTo(payload(2));
        assertThat(opened.take()).isEqualTo(payload(3));
    }

    @Test
    void shouldReportTheUseOfAFileNotOfItsSlot() throws IOException {
        pass(payload(2));
        Payload first = take(payload(2));
        first.discard();
        Payload second = take(payload(2));
        first.discard(); // late, as a reader may be whose lane has got another sender
        byte[] third = payload(2);
        third[0] = 3;
        pass(third);
        assertThat(second.take()).isEqualTo(payload(2));
    }

    @Test
    void shouldLeaveNothingWhenTheSenderMoves() throws IOException {
        pass(payload(3));
        LaneHandle handle = sender.move();
        assertThat(spills()).isEmpty();
        sender = LaneEnd.claim(handle);
        pass(payload(3));
    }
}
