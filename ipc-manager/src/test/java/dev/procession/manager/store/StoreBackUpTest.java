package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test's thread is the server's. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreBackUpTest {

    private static final long MIN_SPARE = 1 << 14;

    @TempDir private Path directory;
    private Path file;
    private Path copy;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final List<String> ended = new ArrayList<>();
    private @Nullable StoredDict dict;

    @BeforeEach
    void choosePaths() {
        file = directory.resolve("store");
        copy = directory.resolve("copy");
    }

    private Store open(DiskRoom room) throws IOException {
        Store store = Store.open(file, false, path -> new StoreLimits(MIN_SPARE, 1_000_000, room));
        store.begin(1);
        store.workBeside(tasks::add);
        return store;
    }

    private void backUp(Store store, Path target) {
        store.backUp(target, thrown -> ended.add(describe(thrown)));
    }

    private static String describe(@Nullable Throwable thrown) {
        return thrown == null ? "done" : thrown.toString();
    }

    private StoredDict write(Store store, int count) throws IOException {
        if (dict == null) {
            dict = new StoredDict(store.entries(Kind.DICT, "d"));
        }
        for (int i = 0; i < count; i++) {
            dict.put("k" + i % 3, ByteString.copyFrom(new byte[10_000]));
            assertThat(store.commit()).isTrue();
        }
        return dict;
    }

    private Object inode() throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    /** Ends the compaction that has begun. */
    private void compact(Store store) throws Exception {
        Object before = inode();
        assertThat(store.isCompacting()).isTrue();
        while (store.isCompacting()) {
            tasks.take().run();
        }
        assertThat(inode()).as("another file").isNotEqualTo(before);
    }

    @Test
    void shouldHaveTheChangesOfItsOwnTurnAndEndWithASession() throws Exception {
        try (Store store = open(new DiskRoom(() -> Long.MAX_VALUE))) {
            StoredDict dict = write(store, 3);
            dict.put("before", ByteString.EMPTY);
            backUp(store, copy);
            dict.put("behind", ByteString.EMPTY);
            assertThat(store.commit()).isTrue();
            dict.put("later", ByteString.EMPTY);
            assertThat(store.commit()).isTrue();
            tasks.take().run();
        }
        assertThat(ended).containsExactly("done");
        try (FileChannel channel = FileChannel.open(copy)) {
            long end = channel.size() - StoreFormat.SESSION_BATCH_BYTES;
            RecordReader last = new RecordReader(channel, end, channel.size());
            assertThat(last.next()).isTrue();
            assertThat(last.type()).isEqualTo(StoreFormat.SESSION);
        }
        assertThat(RestoredContent.of(copy).dict("d").keySet())
                .extracting(ByteString::toStringUtf8)
                .containsExactlyInAnyOrder("k0", "k1", "k2", "before", "behind");
    }

    /** Its look at the disk hangs; the others are those of the store's own thread. */
    private static DiskRoom hanging(CountDownLatch over) {
        return new DiskRoom(
                () -> {
                    if (Thread.currentThread().getName().equals("procession-manager-backup")) {
                        try {
                            over.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                    return Long.MAX_VALUE;
                });
    }

    private List<Path> partial() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "copy.*.partial")) {
            files.forEach(found::add);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private boolean hasPartial() {
        return !partial().isEmpty();
    }

    @Test
    void shouldStopNothingByAFileSystemThatHangs() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try {
            Store store = open(hanging(over));
            write(store, 3);
            backUp(store, copy);
            write(store, 3);
            Await.until(this::hasPartial, "the back-up has begun");
            write(store, 20);
            compact(store);
            store.close();
            assertThat(hasPartial()).as("the back-up still hangs").isTrue();
            assertThat(RestoredContent.of(file).dict("d")).hasSize(3);
        } finally {
            over.countDown();
        }
        Await.until(() -> !hasPartial(), "the back-up has ended");
        assertThat(copy).doesNotExist();
    }

    /** How many files this process has open that were the store. */
    private long openBehind() {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            long count = 0;
            for (Path descriptor : open) {
                try {
                    String name = Files.readSymbolicLink(descriptor).toString();
                    count += name.equals(file.toRealPath() + " (deleted)") ? 1 : 0;
                } catch (NoSuchFileException e) {
                    // Closed meanwhile.
                }
            }
            return count;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldKeepNoOtherFileOpenThanTheOneThatABackUpReads() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Store store = open(hanging(over))) {
            write(store, 3);
            backUp(store, copy);
            Path second = directory.resolve("second");
            backUp(store, second);
            for (int generation = 0; generation < 3; generation++) {
                write(store, 20);
                compact(store);
            }
            Await.until(() -> openBehind() == 1, "one file is read");
            over.countDown();
            while (ended.size() < 2) {
                tasks.take().run();
                assertThat(store.commit()).isTrue();
            }
            Await.until(() -> openBehind() == 0, "no file is read");
            assertThat(ended).containsExactly("done", "done");
            assertThat(RestoredContent.of(second).dict("d")).hasSize(3);
        } finally {
            over.countDown();
        }
    }

    @Test
    void shouldDeleteWhatAKilledServerHasLeftOfABackUp() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Path note = directory.resolve("store.partial");
        byte[] noted;
        Path left;
        try {
            Store store = open(hanging(over));
            write(store, 3);
            backUp(store, copy);
            write(store, 1);
            Await.until(() -> hasPartial(), "the back-up has begun, and is noted");
            noted = Files.readAllBytes(note);
            left = Path.of(new String(noted, StandardCharsets.UTF_8));
            assertThat(left).exists();
            store.close();
        } finally {
            over.countDown();
        }
        Await.until(() -> !Files.exists(left), "the back-up has ended");
        Files.write(note, noted); // as if it was killed
        Files.createFile(left);
        Path another = Files.createFile(directory.resolve("copy.00000000.partial"));
        try (Store store = open(new DiskRoom(() -> Long.MAX_VALUE))) {
            Await.until(() -> !Files.exists(note), "the next server has tidied up");
            assertThat(left).doesNotExist();
            backUp(store, copy);
            assertThat(store.commit()).isTrue();
            while (ended.isEmpty()) {
                tasks.take().run();
            }
            assertThat(ended).containsExactly("done");
        }
        assertThat(note).doesNotExist();
        assertThat(another).as("perhaps another store's").exists();
    }

    /** The compaction replaces the file that it reads. */
    @Test
    void shouldReadTheFileOfItsBeginToTheEnd() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Store store = open(hanging(over))) {
            write(store, 4);
            backUp(store, copy);
            write(store, 20);
            compact(store);
            over.countDown();
            while (ended.isEmpty()) {
                tasks.take().run();
            }
        } finally {
            over.countDown();
        }
        assertThat(ended).containsExactly("done");
        assertThat(RestoredContent.of(copy).dict("d")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store.new",
                "other.new",
                "store.lock",
                "x.partial",
                "store.cut-12",
                "store.cut-12-2"
            })
    void shouldRefuseTheNamesOfFilesBesideAStore(String name) throws Exception {
        try (Store store = open(new DiskRoom(() -> Long.MAX_VALUE))) {
            backUp(store, directory.resolve(name));
            assertThat(store.commit()).isTrue();
            tasks.take().run();
        }
        assertThat(ended).hasSize(1);
        assertThat(ended.get(0)).contains("needs another name").contains(name);
    }

    @Test
    void shouldLeaveTheServerRoomOnTheDisk() throws Exception {
        try (Store store = open(new DiskRoom(() -> DiskRoom.RESERVE_BYTES + 10_000))) {
            write(store, 1);
            backUp(store, copy);
            assertThat(store.commit()).isTrue();
            tasks.take().run();
        }
        assertThat(ended.get(0)).contains("too little room");
        assertThat(hasPartial()).isFalse();
        assertThat(copy).doesNotExist();
    }
}
