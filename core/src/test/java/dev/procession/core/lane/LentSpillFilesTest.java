package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spill files that are written before their lane is known, and that may be sent repeatedly. */
@Timeout(60)
class LentSpillFilesTest extends OwnLane {

    private final LentSpillFiles files = new LentSpillFiles(Runnable::run);

    @AfterEach
    @Override
    void close() throws IOException {
        files.close();
        super.close();
    }

    private static byte[] marked(int bytes, int mark) {
        byte[] payload = new byte[bytes];
        payload[0] = (byte) mark;
        payload[bytes - 1] = (byte) mark;
        return payload;
    }

    private LentSpillFile write(byte[] payload) throws IOException {
        int part = payload.length / 3;
        return files.write(
                List.of(
                        ByteBuffer.wrap(payload, 0, part),
                        ByteBuffer.wrap(payload, part, payload.length - part).slice()),
                payload.length);
    }

    private byte[] receive(LentSpillFile file) throws IOException {
        assertThat(sender.offer(5, 7, file)).isTrue();
        assertThat(receiver.peek()).isTrue();
        assertThat(receiver.type()).isEqualTo(5);
        assertThat(receiver.number()).isEqualTo(7);
        assertThat(receiver.isSpilled()).isTrue();
        return receiver.takePayload().take();
    }

    @ParameterizedTest
    @ValueSource(ints = {100 << 10, MIB, 64 * MIB, 200 * MIB})
    void shouldWriteOverFilesThatWereReleased(int bytes) throws IOException {
        Set<Path> first = null;
        for (int round = 1; round <= 4; round++) {
            LentSpillFile file = write(marked(bytes - round, round));
            first = first == null ? spills() : first;
            assertThat(spills()).isEqualTo(first).hasSize(1);
            assertThat(receive(file)).isEqualTo(marked(bytes - round, round));
            file.release(true);
        }
    }

    @Test
    void shouldKeepWhatWasSentUntilItIsReleased() throws IOException {
        LentSpillFile file = write(marked(MIB, 1));
        assertThat(receive(file)).isEqualTo(marked(MIB, 1));
        LentSpillFile other = write(marked(MIB, 2));
        assertThat(receive(file)).as("sent again").isEqualTo(marked(MIB, 1));
        assertThat(receive(other)).isEqualTo(marked(MIB, 2));
        assertThat(spills()).hasSize(2);
        file.release(true);
        other.release(true);
    }

    @Test
    void shouldRemoveAFileThatAProcessMayStillRead() throws IOException {
        write(marked(MIB, 1)).release(true);
        LentSpillFile file = write(marked(MIB, 2)); // written over, so it is mapped
        assertThat(sender.offer(5, 7, file)).isTrue();
        assertThat(receiver.peek()).isTrue();
        Payload payload = receiver.takePayload();
        file.release(false);
        file.release(true); // the first one counts
        assertThat(spills()).isEmpty();
        write(marked(MIB, 3)).release(true);
        assertThat(payload.take()).isEqualTo(marked(MIB, 2));
    }

    @Test
    void shouldKeepAFewAndNotTooMuch() throws IOException {
        List<LentSpillFile> used = new ArrayList<>();
        for (int i = 0; i < 2 * LentSpillFiles.MOST_FREE; i++) {
            used.add(write(new byte[100 << 10]));
        }
        for (int i = 0; i < 7; i++) {
            used.add(write(new byte[50 * MIB]));
        }
        used.forEach(file -> file.release(true));
        long bytes = 0;
        for (Path file : spills()) {
            bytes += Files.size(file);
        }
        assertThat(bytes).isLessThanOrEqualTo(LentSpillFiles.MOST_FREE_BYTES);
        assertThat(spills()).hasSizeBetween(5, LentSpillFiles.MOST_FREE);
    }

    @Test
    void shouldRemoveWhatIsReleasedAfterTheEnd() throws IOException {
        LentSpillFile file = write(marked(MIB, 1));
        files.close();
        assertThat(receive(file)).isEqualTo(marked(MIB, 1));
        file.release(true);
        assertThat(spills()).isEmpty();
    }

    /** As in a pool that has ended while a thread wrote a large task for it. */
    @Test
    void shouldRemoveWhatIsReleasedWhenNoThreadRemovesFilesAnyMore() throws IOException {
        List<Runnable> never = new ArrayList<>();
        LentSpillFiles others = new LentSpillFiles(never::add);
        ByteBuffer payload = ByteBuffer.wrap(marked(MIB, 1));
        LentSpillFile early = others.write(List.of(payload), MIB);
        LentSpillFile late = others.write(List.of(payload), MIB);
        early.release(false);
        others.close();
        late.release(false);
        assertThat(spills()).isEmpty();
    }
}
