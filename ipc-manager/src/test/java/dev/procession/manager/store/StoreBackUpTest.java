package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
            long end = channel.size() - StoreFormat.SESSION_BYTES - StoreFormat.COMMIT_BYTES;
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

    private List<Path> partial() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.partial")) {
            files.forEach(found::add);
        }
        return found;
    }

    private boolean hasPartial() {
        try {
            return !partial().isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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
    @ValueSource(strings = {"store.new", "other.new", "store.lock", "store.cut-12"})
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
