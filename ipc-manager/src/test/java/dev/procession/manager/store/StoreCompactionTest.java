package dev.procession.manager.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.StoredListChange;
import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test's thread is the server's. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreCompactionTest {

    private static final long MIN_SPARE = 1 << 14;
    private static final int ROUNDS = 30_000;
    private static final long PAUSE_NANOS = 1_000_000;

    @TempDir private Path directory;
    private Path file;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final AtomicLong usable = new AtomicLong(Long.MAX_VALUE);

    @BeforeEach
    void chooseFile() {
        file = directory.resolve("store");
    }

    private Store open() throws IOException {
        return open(false);
    }

    private Store open(boolean sync) throws IOException {
        DiskRoom room = new DiskRoom(usable::get);
        Store store = Store.open(file, sync, path -> new StoreLimits(MIN_SPARE, PAUSE_NANOS, room));
        store.begin(1);
        store.workBeside(tasks::add);
        return store;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void awaitCompaction(Store store) throws InterruptedException {
        while (store.isCompacting()) {
            tasks.take().run();
        }
    }

    private static ByteString bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** Changes dicts and lists at random, and some of them without their content in between. */
    private void change(Store store, RestoredContent content, Random random) throws IOException {
        StoredDict dict = (StoredDict) content.entries(Kind.DICT, "d");
        StoredElements list = (StoredElements) content.list("l");
        StoredDict small = (StoredDict) content.entries(Kind.SET, "s" + random.nextInt(50));
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> dict.put("k" + random.nextInt(200), bytes(random, 100));
            case 4 -> dict.restoreRemoval(ByteString.copyFromUtf8("k" + random.nextInt(200)));
            case 5 -> small.put("x", bytes(random, 20));
            case 6 -> small.restoreRemoval(ByteString.copyFromUtf8("x"));
            case 7 -> list.add(bytes(random, 50));
            case 8 -> {
                if (list.size() > 0) {
                    list.set(random.nextInt(list.size()), bytes(random, 50));
                }
            }
            default -> {
                if (random.nextInt(400) == 0) {
                    dict.restoreClear();
                } else if (list.size() > 200) {
                    list.clear();
                }
            }
        }
        store.commit();
        runTasks();
    }

    private static void assertSame(RestoredContent found, RestoredContent expected) {
        assertThat(found.dict("d")).isEqualTo(expected.dict("d"));
        assertThat(found.elements("l")).isEqualTo(expected.elements("l"));
        for (int i = 0; i < 50; i++) {
            assertThat(((StoredDict) found.entries(Kind.SET, "s" + i)).entries)
                    .isEqualTo(((StoredDict) expected.entries(Kind.SET, "s" + i)).entries);
        }
    }

    @Test
    void shouldKeepTheContentAndStaySmallUnderChanges() throws Exception {
        Random random = new Random(1);
        long largest = 0;
        for (int run = 0; run < 3; run++) {
            RestoredContent expected;
            try (Store store = open()) {
                expected = RestoredContent.of(store);
                store.begin(1 + run);
                for (int i = 0; i < ROUNDS; i++) {
                    change(store, expected, random);
                    if (i % 500 == 0) { // it may not fall behind without end
                        awaitCompaction(store);
                    }
                }
                largest = Math.max(largest, Files.size(file));
            }
            try (Store store = Store.open(file, false)) {
                assertThat(store.epoch()).isEqualTo(1 + run);
                assertSame(RestoredContent.of(store), expected);
            }
        }
        assertThat(directory.resolve("store.new")).doesNotExist();
        assertThat(largest).as("all changes would be some megabytes").isLessThan(300_000);
    }

    @Test
    void shouldShrinkAfterTheContentIsGone() throws Exception {
        try (Store store = open()) {
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            for (int i = 0; i < 1000; i++) {
                dict.put("k" + i, ByteString.copyFrom(new byte[1000]));
            }
            store.commit();
            assertThat(Files.size(file)).isGreaterThan(1_000_000);
            dict.restoreClear();
            dict.put("last", ByteString.EMPTY);
            store.commit();
            awaitCompaction(store);
            assertThat(Files.size(file)).isLessThan(300);
            dict.put("later", ByteString.EMPTY);
        }
        assertThat(RestoredContent.of(file).dict("d"))
                .containsOnlyKeys(
                        ByteString.copyFromUtf8("last"), ByteString.copyFromUtf8("later"));
    }

    /** A list for which there is no memory to copy it. */
    private static final class TooLarge implements StoredList {

        @Override
        public void restore(StoredListChange change) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public long elementBytes() {
            return 1;
        }

        @Override
        public List<ByteString> copy() {
            throw new OutOfMemoryError("for the test");
        }
    }

    @Test
    void shouldGoOnWithoutACompactionForWhichThereIsNoMemory() throws Exception {
        Store store = open();
        ListLog log = store.list("l");
        StoredListChange change =
                StoredListChange.newBuilder()
                        .setAction(StoredListChange.Action.ADD)
                        .addValues(ByteString.copyFrom(new byte[(int) MIN_SPARE]))
                        .build();
        log.append(change, new TooLarge());
        log.append(change, new TooLarge());
        assertThat(store.commit()).isTrue();
        assertThat(store.isCompacting()).isFalse();
        assertThat(directory.resolve("store.new")).doesNotExist();
        log.append(change, new TooLarge());
        assertThat(store.commit()).isTrue();
        store.closeWithoutCommit();
        assertThat(RestoredContent.of(file).elements("l")).hasSize(3);
    }

    @Test
    void shouldGoOnWithThePresentFileWhenACompactionFails() throws Exception {
        try (Store store = open()) {
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            Path draft = Files.createFile(directory.resolve("store.new"));
            for (int i = 0; i < 2000; i++) {
                dict.put("k", ByteString.copyFrom(new byte[100]));
                store.commit();
            }
            assertThat(Files.size(file)).isGreaterThan(200_000);
            Files.delete(draft);
            Await.until(
                    () -> {
                        dict.put("k", ByteString.copyFrom(new byte[1000]));
                        commit(store);
                        runTasks();
                        return size() < 100_000;
                    },
                    "the next compaction");
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(1);
    }

    /** Writes a value again and again, until the file is compacted. */
    private void writeUntilItIsCompacted(Store store, StoredDict dict, int bytes) throws Exception {
        int before = 0;
        for (int i = 0; i < 1000 && !store.isCompacting(); i++) {
            dict.put("k", ByteString.copyFrom(new byte[bytes]));
            commit(store);
            before++;
        }
        assertThat(store.isCompacting()).as("after %d writes", before).isTrue();
    }

    /** Each turn writes more than the last job would copy of a server that writes less. */
    @Test
    void shouldEndACompactionUnderTurnsThatWriteMuch() throws Exception {
        try (Store store = open()) {
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            writeUntilItIsCompacted(store, dict, 300_000);
            int turns = 0;
            while (store.isCompacting()) {
                dict.put("k", ByteString.copyFrom(new byte[300_000]));
                commit(store);
                tasks.take().run();
                assertThat(++turns).as("turns").isLessThan(50);
            }
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(1);
    }

    /** Goes on to the last job of a compaction, during which nothing can be committed. */
    private void awaitTheLastJob(Store store) throws Exception {
        while (store.commit()) {
            tasks.take().run();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeTheBatchUnderWayOverIntoTheNewFile(boolean sync) throws Exception {
        ByteString large = ByteString.copyFrom(new byte[200_000]);
        try (Store store = open(sync)) {
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            writeUntilItIsCompacted(store, dict, 10_000);
            dict.put("before", large);
            awaitTheLastJob(store);
            dict.put("during", large);
            assertThat(store.commit()).isFalse();
            awaitCompaction(store);
            dict.put("after", large);
            assertThat(store.commit()).isTrue();
            assertThat(Files.size(file)).isBetween(600_000L, 640_000L);
        }
        assertThat(RestoredContent.of(file).dict("d").keySet())
                .extracting(ByteString::toStringUtf8)
                .containsExactlyInAnyOrder("k", "before", "during", "after");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepWhatWasWrittenWhenItEndsInTheLastJob(boolean failed) throws Exception {
        Store store = open();
        StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
        writeUntilItIsCompacted(store, dict, 10_000);
        awaitTheLastJob(store);
        dict.put("during", ByteString.copyFrom(new byte[200_000]));
        if (failed) {
            store.serverFailed(new OutOfMemoryError("for the test"));
            store.closeWithoutCommit();
        } else {
            store.close();
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(failed ? 1 : 2);
        assertThat(directory.resolve("store.new")).doesNotExist();
    }

    @Test
    void shouldGoOnWithoutACompactionForWhichTheDiskHasNoRoom() throws Exception {
        try (Store store = open()) {
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            usable.set(DiskRoom.RESERVE_BYTES + 9_000); // less than the content
            for (int i = 0; i < 100; i++) {
                dict.put("k", ByteString.copyFrom(new byte[10_000]));
                commit(store);
                awaitCompaction(store);
                assertThat(directory.resolve("store.new")).doesNotExist();
            }
            assertThat(size()).isGreaterThan(1_000_000);
            usable.set(DiskRoom.RESERVE_BYTES + 30_000);
            Await.until(
                    () -> {
                        dict.put("k", ByteString.copyFrom(new byte[10_000]));
                        commit(store);
                        runTasks();
                        return size() < 500_000;
                    },
                    "a compaction, once there is room");
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(1);
    }

    /** Another program fills the disk in the middle. */
    @Test
    void shouldGiveTheRoomOfADraftBackAtOnce() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        DiskRoom room =
                new DiskRoom(() -> looks.incrementAndGet() < 3 ? Long.MAX_VALUE : 1_000_000);
        try (Store store =
                Store.open(file, false, path -> new StoreLimits(MIN_SPARE, 1L << 40, room))) {
            store.workBeside(tasks::add);
            StoredDict dict = new StoredDict(store.entries(Kind.DICT, "d"));
            for (int i = 0; i < 50; i++) {
                dict.put("k" + i % 10, ByteString.copyFrom(new byte[500_000]));
                store.commit();
            }
            Runnable next = tasks.take(); // the job has ended
            assertThat(looks).hasValue(3);
            assertThat(directory.resolve("store.new")).doesNotExist();
            next.run();
            assertThat(store.isCompacting()).isFalse();
        }
        assertThat(RestoredContent.of(file).dict("d")).hasSize(10);
    }

    private static void commit(Store store) {
        try {
            boolean unused = store.commit();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** With a table of 16 keys, which holds ten at most, it needs hundreds of passes. */
    @Test
    void shouldFindAllKeysByManyPasses() throws Exception {
        Map<ByteString, ByteString> expected;
        try (Store store = Store.open(file, false)) {
            RestoredContent content = RestoredContent.of(store);
            StoredDict dict = (StoredDict) content.entries(Kind.DICT, "d");
            for (int i = 0; i < 3000; i++) {
                dict.put("key " + i % 1000, ByteString.copyFromUtf8("value " + i));
                if (i % 7 == 0) {
                    dict.restoreRemoval(ByteString.copyFromUtf8("key " + i % 500));
                }
            }
            expected = dict.entries;
        }
        Path compacted = directory.resolve("compacted");
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel target =
                        FileChannel.open(
                                compacted,
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            StoreContent content =
                    new StoreContent(
                            source.size(),
                            9,
                            false,
                            Map.of(
                                    1,
                                    new StoreContent.Name(Kind.DICT, ByteString.copyFromUtf8("d"))),
                            Map.of(),
                            0,
                            0);
            StoreThread thread = new StoreThread("writes", tasks::add);
            DiskRoom room = new DiskRoom(() -> Long.MAX_VALUE);
            new Compaction(source, 5, content, target, thread, room).write(16);
            RecordReader records =
                    new RecordReader(target, StoreFormat.HEADER_BYTES, target.size());
            byte last = 0;
            while (records.next()) {
                last = records.type() == StoreFormat.COMMIT ? last : records.type();
            }
            assertThat(last).as("what is before it is on the disk").isEqualTo(StoreFormat.SESSION);
        }
        Files.move(compacted, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(RestoredContent.of(file).dict("d")).isEqualTo(expected);
    }

    @Test
    void shouldCompactThoughADraftIsLeftThatCouldNotBeDeleted() throws Exception {
        Random random = new Random(1);
        try (Store store = open()) {
            RestoredContent content = RestoredContent.of(store);
            Path left = Files.writeString(directory.resolve("store.new"), "left");
            for (int i = 0; i < ROUNDS && !store.isCompacting(); i++) {
                change(store, content, random);
            }
            assertThat(store.isCompacting()).isTrue();
            awaitCompaction(store);
            assertThat(left).doesNotExist();
            assertThat(Files.size(file)).isLessThan(100_000);
        }
    }
}
