package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small store that was compacted, closed, and used again is cut at each byte, has each byte
 * damaged, and loses each part that a crash of the machine may take. What the next server finds is
 * what there was after one of the turns, with all turns that are certain; else it is refused.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreDamageTest {

    private static final int MIN_SPARE = 300;
    private static final int SECTOR_BYTES = 64;

    @TempDir private Path directory;
    private Path file;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    /** What there is after each turn, and each SESSION, since the compaction. */
    private final List<Moment> moments = new ArrayList<>();

    /** Content, and the end of the file that has it. */
    private record Moment(int end, Map<ByteString, ByteString> dict, List<ByteString> list) {}

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("store");
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private Store open(boolean sync) throws IOException {
        Store store =
                Store.open(
                        file,
                        sync,
                        path -> new StoreLimits(MIN_SPARE, 1, new DiskRoom(() -> Long.MAX_VALUE)));
        store.workBeside(tasks::add);
        return store;
    }

    private void note(RestoredContent content) throws IOException {
        moments.add(
                new Moment(
                        (int) Files.size(file),
                        Map.copyOf(content.dict("d")),
                        List.copyOf(content.elements("l"))));
    }

    /** Changes a dict and a list in one turn. */
    private void turn(Store store, RestoredContent content, int number) throws IOException {
        StoredDict dict = (StoredDict) content.entries(Kind.DICT, "d");
        StoredElements list = (StoredElements) content.list("l");
        switch (number % 4) {
            case 0 -> dict.put("k" + number, bytes("value " + number));
            case 1 -> dict.restoreRemoval(bytes("k" + (number - 1)));
            case 2 -> list.add(bytes("element " + number));
            default -> dict.put("k", bytes("value " + number));
        }
        list.add(bytes("turn " + number));
        assertThat(store.commit()).isTrue();
        note(content);
    }

    /** Makes the store; its last server is killed. */
    private byte[] write(boolean sync) throws Exception {
        try (Store store = open(sync)) {
            store.begin(1);
            RestoredContent content = RestoredContent.of(store);
            while (!store.isCompacting()) {
                ((StoredDict) content.entries(Kind.DICT, "d")).put("old", bytes("value"));
                assertThat(store.commit()).isTrue();
            }
            while (store.isCompacting()) {
                tasks.take().run();
            }
            note(content);
            for (int i = 0; i < 3; i++) {
                turn(store, content, i);
            }
        }
        Store store = open(sync);
        store.begin(2);
        RestoredContent content = RestoredContent.of(store);
        note(content);
        for (int i = 3; i < 9; i++) {
            turn(store, content, i);
        }
        store.closeWithoutCommit();
        return Files.readAllBytes(file);
    }

    /** Has the sessions of a store begin before the machine was started again. */
    private byte[] beforeCrash(byte[] whole) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(whole, 0, StoreFormat.HEADER_BYTES);
        long salt = header.getLong(Long.BYTES + Integer.BYTES);
        Path made = directory.resolve("before-crash");
        Files.write(made, whole);
        try (FileChannel channel =
                FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            RecordReader records =
                    new RecordReader(channel, StoreFormat.HEADER_BYTES, channel.size());
            RecordWriter writer = new RecordWriter(channel, salt, StoreFormat.HEADER_BYTES);
            while (records.next()) {
                switch (records.type()) {
                    case StoreFormat.COMMIT -> writer.commit(false);
                    case StoreFormat.SESSION -> {
                        ByteBuffer body = records.body();
                        long epoch = body.getLong();
                        boolean sync = body.get(body.limit() - 1) != 0;
                        writer.session(epoch, new byte[StoreFormat.BOOT_ID_BYTES], sync);
                    }
                    default -> writer.copy(records.record());
                }
            }
        }
        return Files.readAllBytes(made);
    }

    /** Opens a store with these bytes; null if it is refused, with a reason. */
    private @Nullable RestoredContent recover(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try {
            return RestoredContent.of(file);
        } catch (IOException e) {
            assertThat(e)
                    .hasMessageContaining("file=" + file.toRealPath())
                    .hasMessageMatching("(?s).*(damaged|not a store|another version).*");
            assertThat(Files.readAllBytes(file)).as("what is refused stays").isEqualTo(bytes);
            return null;
        } finally {
            deleteKept();
        }
    }

    private void deleteKept() throws IOException {
        try (DirectoryStream<Path> kept = Files.newDirectoryStream(directory, "store.cut-*")) {
            for (Path path : kept) {
                Files.delete(path);
            }
        }
    }

    private static boolean has(RestoredContent content, Moment moment) {
        return content.dict("d").equals(moment.dict) && content.elements("l").equals(moment.list);
    }

    /** Returns the last moment of which all bytes are before a position. */
    private Moment lastBefore(int position) {
        Moment last = moments.get(0);
        for (Moment moment : moments) {
            last = moment.end <= position ? moment : last;
        }
        return last;
    }

    /** A copy that did not get ready, for example: without a SESSION its content is a part. */
    @Test
    void shouldHaveAllTurnsBeforeACutOrRefuseIt() throws Exception {
        byte[] whole = write(false);
        int compacted = moments.get(0).end;
        for (int cut = 1; cut <= whole.length; cut++) {
            RestoredContent found = recover(Arrays.copyOf(whole, cut));
            if (cut < StoreFormat.HEADER_BYTES
                    || (cut >= StoreFormat.HEADER_BYTES + StoreFormat.SESSION_BATCH_BYTES
                            && cut < compacted)) {
                assertThat(found).as("cut at %d", cut).isNull();
            } else if (cut >= compacted) {
                assertThat(found).as("cut at %d", cut).isNotNull();
                assertThat(has(found, lastBefore(cut))).as("cut at %d", cut).isTrue();
            } else {
                assertThat(found).as("no more than a SESSION").isNotNull();
                assertThat(found.dict("d")).isEmpty();
            }
        }
    }

    /** What is cut off is the last turn, or refused. */
    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void shouldLoseNoTurnBeforeTheLastByADamagedByte(boolean sync, boolean crash) throws Exception {
        byte[] written = write(sync);
        byte[] whole = crash ? beforeCrash(written) : written;
        Moment last = moments.get(moments.size() - 2);
        int beforeSession = lastSession().end - StoreFormat.SESSION_BATCH_BYTES;
        int certain = crash && !sync ? beforeSession : last.end;
        for (int position = 0; position < whole.length; position++) {
            byte[] damaged = whole.clone();
            damaged[position] = (byte) ~damaged[position];
            RestoredContent found = recover(damaged);
            if (position < certain) {
                assertThat(found).as("damage at %d", position).isNull();
            } else if (found != null) {
                assertThat(has(found, lastBefore(position))).as("damage at %d", position).isTrue();
            }
        }
    }

    /** What there was when the last server began. */
    private Moment lastSession() {
        return moments.get(4);
    }

    /** Any sectors that were not synced, and any part of the end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHaveTheSyncedTurnsAfterACrashThatLostAnySectors(boolean sync) throws Exception {
        byte[] whole = beforeCrash(write(sync));
        int certain = sync ? moments.get(moments.size() - 2).end : lastSession().end;
        int first = certain / SECTOR_BYTES;
        int sectors = (whole.length - 1) / SECTOR_BYTES - first + 1;
        assertThat(sectors).isBetween(2, 11);
        for (int lost = 0; lost < 1 << sectors; lost++) {
            byte[] left = whole.clone();
            for (int i = 0; i < sectors; i++) {
                if ((lost & (1 << i)) != 0) {
                    int from = Math.max(certain, (first + i) * SECTOR_BYTES);
                    int to = Math.min(whole.length, (first + i + 1) * SECTOR_BYTES);
                    Arrays.fill(left, from, to, (byte) 0);
                }
            }
            int firstLost = certain;
            while (firstLost < whole.length && left[firstLost] == whole[firstLost]) {
                firstLost++;
            }
            RestoredContent found = recover(left);
            assertThat(found).as("lost sectors %x", lost).isNotNull();
            assertThat(has(found, lastBefore(firstLost))).as("lost sectors %x", lost).isTrue();
        }
    }

    @Test
    void shouldSayThatAFileIsTooShortForAStore() throws Exception {
        Files.write(file, Arrays.copyOf(write(false), StoreFormat.HEADER_BYTES - 1));
        assertThatThrownBy(() -> Store.open(file, false)).hasMessageContaining("bytes=23");
    }

    /** The machine crashed before the disk had it; its file had its length already. */
    @Test
    void shouldOpenANewStoreThatLostItsFirstSession() throws Exception {
        byte[] whole = write(false);
        int length = StoreFormat.HEADER_BYTES + StoreFormat.SESSION_BATCH_BYTES;
        byte[] lost = Arrays.copyOf(Arrays.copyOf(whole, StoreFormat.HEADER_BYTES), length);
        RestoredContent found = recover(lost);
        assertThat(found).isNotNull();
        assertThat(found.dict("d")).isEmpty();
        assertThat(recover(Arrays.copyOf(lost, length + 1))).isNull();
        lost[length - 1] = 1;
        assertThat(recover(lost)).isNull();
    }
}
