package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.procession.core.memory.Uninterrupted;
import dev.procession.manager.proto.Kind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    private static final ByteString VALUE = ByteString.copyFromUtf8("value");

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("store");
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** Commits one entry after the other, and returns where each batch ends. */
    private long[] writeBatches(int count) throws IOException {
        long[] ends = new long[count];
        Store store = Store.open(file, false);
        store.begin(1);
        StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
        for (int i = 0; i < count; i++) {
            dict.put("k" + i, VALUE);
            store.commit();
            ends[i] = Files.size(file);
        }
        store.closeWithoutCommit(); // as if it was killed
        return ends;
    }

    private void truncate(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(channel.truncate(size)).isNotNull();
        }
    }

    @Test
    void shouldKeepNothingOfATurnThatIsNotCommitted() throws Exception {
        ByteString large = ByteString.copyFrom(new byte[1 << 20]);
        Store store = Store.open(file, false);
        StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
        for (int i = 0; i < 40; i++) {
            dict.put("k" + i, large);
        }
        store.closeWithoutCommit();
        assertThat(RestoredContent.of(file).dict("d")).isEmpty();
    }

    @Test
    void shouldKeepWhatWasCommittedOfEachKind() throws Exception {
        ByteString large = ByteString.copyFrom(new byte[3 << 20]);
        try (Store store = Store.open(file, false)) {
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            dict.put("gone", VALUE);
            dict.put("large", large);
            dict.put("k", VALUE);
            store.commit();
            dict.put("k", bytes("new"));
            dict.restoreRemoval(bytes("gone"));
            new StoredDict(store.entries(Kind.SET, "d")).put("of the set", VALUE);
            StoredDict cleared = new StoredDict(store.entries(Kind.DICT, "cleared"));
            cleared.put("x", VALUE);
            cleared.restoreClear();
            cleared.put("y", VALUE);
            StoredElements list = new StoredElements(store.list("l"));
            list.add(VALUE);
            list.add(large);
            list.set(0, bytes("new"));
            store.commit();
        }
        RestoredContent content = RestoredContent.of(file);
        assertThat(content.dict("d"))
                .isEqualTo(Map.of(bytes("large"), large, bytes("k"), bytes("new")));
        assertThat(content.dict("cleared")).isEqualTo(Map.of(bytes("y"), VALUE));
        assertThat(content.elements("l")).containsExactly(bytes("new"), large);
    }

    @Test
    void shouldNotBringBackExpiredEntries() throws Exception {
        try (Store store = Store.open(file, false)) {
            EntryLog log = store.entries(Kind.DICT, "d");
            log.put(bytes("over"), VALUE, 0, null);
            log.put(bytes("over"), VALUE, 1, VALUE);
            log.put(bytes("later"), VALUE, Long.MAX_VALUE, null);
        }
        assertThat(RestoredContent.of(file).dict("d")).containsOnlyKeys(bytes("later"));
    }

    @Test
    void shouldCutOffALastBatchOfWhichAnyByteIsMissing() throws Exception {
        long[] ends = writeBatches(3);
        Path whole = Files.copy(file, directory.resolve("whole"));
        for (long size = ends[1] + 1; size < ends[2]; size++) {
            Files.copy(whole, file, StandardCopyOption.REPLACE_EXISTING);
            truncate(size);
            try (Store store = Store.open(file, false)) {
                RestoredContent content = RestoredContent.of(store);
                assertThat(content.dict("d")).containsOnlyKeys(bytes("k0"), bytes("k1"));
                store.begin(2);
                ((StoredDict) content.entries(Kind.DICT, "d")).put("after", VALUE);
            }
            assertThat(RestoredContent.of(file).dict("d"))
                    .as("bytes of the last batch: %d", size - ends[1])
                    .containsOnlyKeys(bytes("k0"), bytes("k1"), bytes("after"));
        }
    }

    private void flip(long position) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(channel.read(one, position)).isOne();
            one.put(0, (byte) ~one.get(0)).rewind();
            assertThat(channel.write(one, position)).isOne();
        }
    }

    @Test
    void shouldRefuseAFileOfWhichAnyByteInTheMiddleIsWrong() throws Exception {
        long[] ends = writeBatches(3);
        for (long position = 0; position < ends[1]; position++) {
            flip(position);
            long damaged = Files.size(file);
            assertThatThrownBy(() -> Store.open(file, false))
                    .as("position %d", position)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toRealPath().toString());
            assertThat(Files.size(file)).isEqualTo(damaged);
            flip(position);
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(3);
    }

    /** The end in good order is the only mark: the machine may be another one. */
    @Test
    void shouldRefuseDamageBeforeAnEndInGoodOrder() throws Exception {
        writeBatches(2);
        Store.open(file, false).close();
        long whole = Files.size(file) - StoreFormat.SESSION_BATCH_BYTES;
        requireRefusedDamage(StoreFormat.HEADER_BYTES, whole);
        assertThat(RestoredContent.of(file).dict("d")).hasSize(2);
    }

    /** Damages each byte from one position up to another, and tries to open the store. */
    private void requireRefusedDamage(long from, long to) throws Exception {
        for (long position = from; position < to; position++) {
            flip(position);
            assertThatThrownBy(() -> Store.open(file, false))
                    .as("position %d", position)
                    .hasMessageContaining("damaged");
            flip(position);
        }
    }

    /** A kill leaves no batch with its end but not its beginning. */
    @Test
    void shouldRefuseDamageInTheLastBatchOfAServerOfThisRunOfTheMachine() throws Exception {
        long[] ends = writeBatches(2);
        requireRefusedDamage(ends[0], ends[1] - StoreFormat.COMMIT_BYTES);
        assertThat(RestoredContent.of(file).dict("d")).hasSize(2);
    }

    @Test
    void shouldKeepWhatIsCutOffInAFileOfItsOwn() throws Exception {
        long[] ends = writeBatches(3);
        byte[] whole = Files.readAllBytes(file);
        truncate(ends[2] - 1);
        Store.open(file, false).close();
        Path kept = directory.resolve("store.cut-" + ends[1]);
        assertThat(kept)
                .hasBinaryContent(Arrays.copyOfRange(whole, (int) ends[1], (int) ends[2] - 1));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldLeaveNoPartOfWhatItCannotKeep() throws Exception {
        long[] ends = writeBatches(2);
        truncate(ends[1] - 1);
        Path kept = directory.resolve("store.cut-" + ends[0]);
        StoreFiles files = StoreFiles.claim(file);
        try (FileChannel channel = FileChannel.open(file)) {
            assertThatThrownBy(() -> files.keep(channel, ends[0], ends[1])) // more than there is
                    .hasMessageContaining("cannot keep")
                    .hasMessageContaining(kept.getFileName().toString());
        } finally {
            files.release();
        }
        assertThat(kept).doesNotExist();
        assertThat(RestoredContent.of(file).dict("d")).hasSize(1);
    }

    @Test
    void shouldKeepWhatWasKeptBeforeWithTheSamePosition() throws Exception {
        long[] ends = writeBatches(2);
        byte[] whole = Files.readAllBytes(file);
        for (int missing = 1; missing < 4; missing++) {
            Files.write(file, Arrays.copyOf(whole, (int) ends[1] - missing));
            assertThat(RestoredContent.of(file).dict("d")).hasSize(1);
        }
        String kept = "store.cut-" + ends[0];
        long length = ends[1] - ends[0];
        assertThat(directory.resolve(kept)).hasSize(length - 1);
        assertThat(directory.resolve(kept + "-2")).hasSize(length - 2);
        assertThat(directory.resolve(kept + "-3")).hasSize(length - 3);
    }

    /** The disk may be full, and its JVM ends without closing it. */
    @Test
    void shouldGiveTheRoomOfAnUnfinishedBatchBackWhenItsServerFails() throws Exception {
        long[] ends = writeBatches(1);
        Store store = Store.open(file, false);
        StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
        dict.put("large", ByteString.copyFrom(new byte[1 << 20]));
        assertThat(Files.size(file)).isGreaterThan(1 << 19);
        store.serverFailed(new IOException("for the test"));
        assertThat(Files.size(file)).isEqualTo(ends[0]);
        assertThatThrownBy(store::commit).hasMessageContaining("failed before");
        store.closeWithoutCommit();
    }

    /** Before, each of the marks had everything before it read. */
    @Test
    @Timeout(60)
    void shouldReadAnUnfinishedBatchOnceWhateverIsInIt() throws Exception {
        long[] ends = writeBatches(1);
        ByteBuffer marks = ByteBuffer.allocate(16 << 20);
        marks.putInt(marks.capacity()).put(StoreFormat.PUT);
        while (marks.remaining() >= StoreFormat.COMMIT_BYTES) {
            long before = marks.position();
            marks.putInt(1 + StoreFormat.COMMIT_BODY_BYTES).put(StoreFormat.COMMIT);
            marks.putLong(StoreFormat.mark(0)).putLong(before).putInt(0);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            StoreFiles.writeAt(channel, marks.flip(), ends[0]);
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(1);
        assertThat(directory.resolve("store.cut-" + ends[0])).hasSize(marks.limit());
    }

    @Test
    void shouldTakeNoMemoryForALengthThatIsWrong() throws Exception {
        long[] ends = writeBatches(2);
        int wrong = 200 << 20;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            StoreFiles.writeAt(channel, ByteBuffer.allocate(4).putInt(wrong).flip(), ends[0]);
            StoreFiles.writeAt(channel, ByteBuffer.allocate(1), ends[1] + wrong);
        }
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> Store.open(file, false)).hasMessageContaining("damaged");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(wrong / 4);
    }

    @Test
    void shouldSayWhatToDoWithADamagedFile() throws Exception {
        long[] ends = writeBatches(3);
        flip(ends[0] + 20);
        assertThatThrownBy(() -> Store.open(file, false))
                .hasMessageContaining("damaged")
                .hasMessageContaining("back-up")
                .hasMessageContaining("position=" + ends[0]);
    }

    /** Writes two sessions as if the machine was started again after the last one. */
    private long[] writeSessions(boolean sync) throws IOException {
        long[] ends = new long[4];
        Path target = directory.resolve("made");
        try (FileChannel channel =
                FileChannel.open(
                        target,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            StoreFiles.writeAt(channel, StoreFormat.header(7), 0);
            RecordWriter writer = new RecordWriter(channel, 7, StoreFormat.HEADER_BYTES);
            writer.object(1, Kind.DICT, bytes("d"));
            byte[] otherBoot = new byte[StoreFormat.BOOT_ID_BYTES];
            for (int i = 0; i < ends.length; i++) {
                if (i == 0 || i == 2) {
                    writer.commit(false);
                    writer.session(i, otherBoot, sync);
                    writer.commit(false);
                }
                writer.put(1, bytes("k" + i), VALUE, 0);
                writer.commit(false);
                ends[i] = writer.committed();
            }
        }
        Files.move(target, file);
        return ends;
    }

    @Test
    void shouldCutOffWhatACrashOfTheMachineLeftBehindALoss() throws Exception {
        long[] ends = writeSessions(false);
        flip(ends[2] - 1);
        assertThat(RestoredContent.of(file).dict("d")).containsOnlyKeys(bytes("k0"), bytes("k1"));
    }

    @Test
    void shouldTakeNoDamageOfWhatWasSyncedForACrash() throws Exception {
        long[] ends = writeSessions(false);
        flip(ends[1] - 1);
        assertThatThrownBy(() -> Store.open(file, false)).hasMessageContaining("damaged");
        Files.delete(file);
        ends = writeSessions(true);
        requireRefusedDamage(StoreFormat.HEADER_BYTES, ends[2]);
    }

    /** A crash loses the end of a COMMIT only if it is in another sector than the beginning. */
    @Test
    void shouldCutOffALastBatchOfWhichACrashLostAnyPart() throws Exception {
        long[] ends = writeSessions(true);
        for (long from = ends[2]; from < ends[3]; from++) {
            lose(from, ends[3]);
            assertThat(RestoredContent.of(file).dict("d"))
                    .as("position %d", from)
                    .containsOnlyKeys(bytes("k0"), bytes("k1"), bytes("k2"));
            Files.delete(file);
            writeSessions(true);
        }
    }

    private void lose(long from, long to) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            StoreFiles.writeAt(channel, ByteBuffer.allocate((int) (to - from)), from);
        }
    }

    /** As in a back-up, or after a close, on a machine that was not the server's. */
    @Test
    void shouldTakeNoDamageBeforeALastSessionForACrash() throws Exception {
        long[] ends = writeSessions(false);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            RecordWriter writer = new RecordWriter(channel, 7, channel.size());
            writer.session(3, new byte[StoreFormat.BOOT_ID_BYTES], false);
            writer.commit(false);
        }
        requireRefusedDamage(StoreFormat.HEADER_BYTES, ends[3]);
    }

    @Test
    void shouldRefuseOtherFilesAndOtherVersions() throws Exception {
        Files.writeString(
                file,
                "H:2,block:5,blockSize:1000,chunk:1,clean:1,created:18c",
                StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Store.open(file, false)).hasMessageContaining("MVStore");
        for (int version : new int[] {1, 4}) {
            ByteBuffer header = StoreFormat.header(1);
            header.putInt(Long.BYTES, version);
            byte[] other = new byte[header.remaining()];
            header.get(other);
            Files.write(file, other);
            assertThatThrownBy(() -> Store.open(file, false))
                    .hasMessageContaining("version=" + version)
                    .hasMessageContaining("version here=3");
        }
    }

    @Test
    void shouldTakeAnEmptyFileForANewStore() throws Exception {
        Files.createFile(file);
        try (Store store = Store.open(file, false)) {
            assertThat(store.epoch()).isZero();
            store.begin(5);
        }
        try (Store store = Store.open(file, false)) {
            assertThat(store.epoch()).isEqualTo(5);
        }
    }

    @Test
    void shouldBeReadableByItsUserAlone() throws Exception {
        Store.open(file, false).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Store.open(file, false).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldRefuseAStoreThatIsInUse() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        try (Store store = Store.open(file, false)) {
            store.begin(1);
            assertThatThrownBy(() -> Store.open(file, false))
                    .hasMessageContaining("uses this store");
            assertThatThrownBy(() -> Store.open(link, false))
                    .hasMessageContaining("uses this store");
        }
        Store.open(link, false).close();
        assertThat(link).isSymbolicLink();
    }

    /** Another disk may have more room, or less. */
    @Test
    void shouldMeasureTheRoomWhereASymbolicLinkLeads() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere")).resolve("real");
        Store.open(elsewhere, false).close();
        Path link = Files.createSymbolicLink(file, elsewhere);
        List<Path> measured = new ArrayList<>();
        Store.open(
                        link,
                        false,
                        path -> {
                            measured.add(path);
                            return StoreLimits.of(path);
                        })
                .close();
        assertThat(measured).containsExactly(elsewhere.toRealPath());
    }

    @Test
    void shouldBeUsableByAThreadThatWasInterrupted() throws Exception {
        try (Store store = Uninterrupted.call(() -> Store.open(file, false))) {
            Thread.currentThread().interrupt();
            store.begin(3);
        }
        assertThat(Thread.interrupted()).isTrue();
        Thread.currentThread().interrupt();
        try (Store store = Uninterrupted.call(() -> Store.open(file, false))) {
            assertThat(store.epoch()).isEqualTo(3);
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldDeleteTheDraftOfAServerThatWasKilled() throws Exception {
        Path draft = Files.createFile(directory.resolve("store.new"));
        Store.open(file, false).close();
        assertThat(draft).doesNotExist();
    }
}
