package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.store.EntryLog;
import dev.procession.manager.stream.LoopTasks;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.manager.stream.ServerStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The entries of a dict beside a {@link LinkedHashMap}, with snapshots of each moment. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DictContentTest extends WithServer {

    private static final int KEYS = 300;
    private static final long FAR_MILLIS = 1_000_000;
    private static final long MAX_BYTES = 4 << 20;

    @Override
    long maxBytes() {
        return MAX_BYTES;
    }

    private static ByteString bytes(int number) {
        return ByteString.copyFromUtf8(Integer.toString(number));
    }

    /** A snapshot, what must be in it, and what its pages had. */
    private static final class Reading {
        private final Snapshot snapshot;
        private final Map<ByteString, ByteString> expected;
        private final boolean keysOnly;
        private final Map<ByteString, ByteString> read = new HashMap<>();

        Reading(Snapshot snapshot, Map<ByteString, ByteString> expected, boolean keysOnly) {
            this.snapshot = snapshot;
            this.expected = expected;
            this.keysOnly = keysOnly;
        }

        /** Reads a page; returns whether there is another one. */
        boolean read(Random random) {
            Response.Builder page = Response.newBuilder();
            snapshot.page(page, 1 + random.nextInt(20), new Page(random.nextInt(500)));
            for (int i = 0; i < page.getKeysCount(); i++) {
                ByteString key = page.getKeys(i);
                ByteString value = keysOnly ? expected.get(key) : page.getValues(i);
                assertThat(read.put(key, value)).isNull();
            }
            if (!page.getMore()) {
                assertThat(read).isEqualTo(expected);
            }
            return page.getMore();
        }
    }

    private static final class Dict {
        private final Snapshots<Snapshot> snapshots;
        private final DictContent content;

        Dict(ManagerServer server) {
            ServerNumbers numbers = new ServerNumbers(1, 1);
            LoopTasks tasks = server.tasks();
            ServerStats stats = server.stats();
            IterationRoom room = new IterationRoom(tasks, stats, server.services().bounds());
            snapshots = new Snapshots<>(tasks, room, System::nanoTime, numbers);
            content =
                    new DictContent(
                            tasks,
                            stats,
                            EntryLog.NONE,
                            numbers,
                            new DictEvents(tasks, stats),
                            room,
                            snapshots);
        }
    }

    private void compare() {
        Random random = new Random(37);
        List<Reading> readings = new ArrayList<>();
        Dict dict = new Dict(server);
        DictContent content = dict.content;
        Map<ByteString, ByteString> model = new LinkedHashMap<>();
        int finished = 0;
        for (int i = 0; i < 200_000; i++) {
            ByteString key = bytes(random.nextInt(KEYS));
            int choice = random.nextInt(1000);
            if (choice < 500) {
                ByteString value = bytes(random.nextInt());
                long endsAt = random.nextBoolean() ? 0 : System.currentTimeMillis() + FAR_MILLIS;
                assertThat(content.put(key, value, endsAt)).isEqualTo(model.put(key, value));
            } else if (choice < 850) {
                assertThat(content.remove(key)).isEqualTo(model.remove(key));
            } else if (choice < 851) {
                content.clear();
                model.clear();
            } else if (choice < 870 && readings.size() < 10) {
                boolean keysOnly = random.nextBoolean();
                Snapshot snapshot = content.snapshot(client(1), keysOnly);
                readings.add(new Reading(snapshot, new HashMap<>(model), keysOnly));
            } else if (!readings.isEmpty()) {
                Reading reading = readings.get(random.nextInt(readings.size()));
                if (!reading.read(random)) {
                    readings.remove(reading);
                    dict.snapshots.remove(reading.snapshot);
                    finished++;
                }
            }
            assertThat(content.size()).isEqualTo(model.size());
        }
        assertThat(finished).isGreaterThan(1000);
        content.clear();
        readings.forEach(reading -> dict.snapshots.remove(reading.snapshot));
        assertThat(server.stats().getBytes()).isZero();
        assertThat(server.stats().stored()).isZero();
    }

    private void countEnds() {
        DictContent content = new Dict(server).content;
        assertThat(content.put(bytes(1), bytes(1), 0)).isNull();
        long stored = server.stats().stored();
        long end = System.currentTimeMillis() + FAR_MILLIS;
        assertThat(content.put(bytes(1), bytes(1), end)).isEqualTo(bytes(1));
        assertThat(content.put(bytes(1), bytes(1), end + 1)).isEqualTo(bytes(1));
        assertThat(server.stats().stored()).isEqualTo(stored + ServerStats.EXPIRY_BYTES);
        assertThat(content.put(bytes(1), bytes(1), 0)).isEqualTo(bytes(1));
        assertThat(server.stats().stored()).isEqualTo(stored);
        assertThat(content.put(bytes(1), bytes(1), end)).isEqualTo(bytes(1));
        assertThat(content.remove(bytes(1))).isEqualTo(bytes(1));
        assertThat(server.stats().stored()).isZero();
    }

    @Test
    void shouldCountThatEntriesEnd() throws Exception {
        run(this::countEnds);
    }

    private void count() {
        Dict dict = new Dict(server);
        DictContent content = dict.content;
        ByteString large = ByteString.copyFrom(new byte[100_000]);
        assertThat(content.put(bytes(1), large, 0)).isNull();
        assertThat(content.put(bytes(2), large, 0)).isNull();
        assertThat(content.put(bytes(3), large, 0)).isNull();
        long stored = server.stats().stored();
        List<Snapshot> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(content.snapshot(client(1), i == 2));
        }
        assertThat(server.stats().stored()).isEqualTo(stored);
        assertThat(content.put(bytes(1), ByteString.EMPTY, 0)).isEqualTo(large);
        assertThat(content.remove(bytes(2))).isEqualTo(large);
        assertThat(server.stats().stored()).isBetween(stored, stored + 1000);
        assertThat(content.remove(bytes(1))).isEqualTo(ByteString.EMPTY);
        assertThat(server.stats().stored()).isBetween(stored, stored + 1000);
        dict.snapshots.remove(open.remove(0));
        assertThat(server.stats().stored()).isBetween(stored, stored + 1000);
        dict.snapshots.remove(open.remove(0));
        assertThat(server.stats().stored()).isBetween(stored - 201_000, stored - 199_000);
        open.add(content.snapshot(client(1), false));
        content.clear(); // both keep the one entry that has its value still
        assertThat(server.stats().stored()).isBetween(stored - 201_000, stored - 199_000);
        open.forEach(dict.snapshots::remove);
        assertThat(server.stats().stored()).isZero();
    }

    /** Each iteration would keep the values of another moment. */
    private void fill() {
        Dict dict = new Dict(server);
        List<Snapshot> begun = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            ByteString value = ByteString.copyFrom(new byte[10_000]);
            for (int i = 0; i < 100; i++) {
                ByteString unused = dict.content.put(bytes(i), value, 0);
                assertThat(server.stats().stored()).isLessThanOrEqualTo(MAX_BYTES);
            }
            begun.add(dict.content.snapshot(client(1), false));
        }
        assertThat(dict.snapshots.all()).containsExactlyElementsOf(begun.subList(6, 10));
        begun.subList(6, 10).forEach(dict.snapshots::remove);
        dict.content.clear();
        assertThat(server.stats().stored()).isZero();
    }

    @Test
    void shouldEndTheIterationsForWhoseOldValuesThereIsNoRoom() throws Exception {
        run(this::fill);
    }

    @Test
    void shouldCountWhatSnapshotsKeep() throws Exception {
        run(this::count);
    }

    @Test
    void shouldShowEachMomentInItsSnapshots() throws Exception {
        run(this::compare);
    }

    /** Runs something on the server's thread. */
    private void run(Runnable body) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        server.tasks()
                .execute(
                        () -> {
                            try {
                                body.run();
                                done.complete(null);
                            } catch (Throwable e) { // for the test to throw
                                done.completeExceptionally(e);
                            }
                        });
        assertThat(done.get(50, TimeUnit.SECONDS)).isNull();
    }
}
