package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Response;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The entries of a dict beside a {@link LinkedHashMap}, with snapshots of each moment. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DictContentTest {

    private static final int KEYS = 300;

    @TempDir private Path directory;
    private ManagerServer server;

    @BeforeEach
    void start() throws Exception {
        String address = directory.resolve("m").toString();
        server =
                ManagerServer.start(
                        new ServerOptions(
                                address, new byte[] {1}, false, 1 << 20, 10, 0, null, false, true));
    }

    @AfterEach
    void stop() {
        server.close();
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

    private Client client() {
        return new Client(
                server.services(), ByteString.copyFromUtf8("c"), 1, 1, directory.resolve("c"));
    }

    private DictContent content(List<Snapshot> snapshots) {
        return new DictContent(
                server.tasks(),
                server.stats(),
                EntryLog.NONE,
                1,
                new DictEvents(server.tasks(), server.stats()),
                snapshots);
    }

    private void compare() {
        Random random = new Random(37);
        List<Snapshot> snapshots = new ArrayList<>();
        List<Reading> readings = new ArrayList<>();
        DictContent content = content(snapshots);
        Map<ByteString, ByteString> model = new LinkedHashMap<>();
        int finished = 0;
        for (int i = 0; i < 200_000; i++) {
            ByteString key = bytes(random.nextInt(KEYS));
            int choice = random.nextInt(1000);
            if (choice < 500) {
                ByteString value = bytes(random.nextInt());
                assertThat(content.put(key, value, 0)).isEqualTo(model.put(key, value));
            } else if (choice < 850) {
                assertThat(content.remove(key)).isEqualTo(model.remove(key));
            } else if (choice < 851) {
                content.clear();
                model.clear();
            } else if (choice < 870 && readings.size() < 10) {
                boolean keysOnly = random.nextBoolean();
                Snapshot snapshot = content.snapshot(i, client(), keysOnly);
                snapshots.add(snapshot);
                readings.add(new Reading(snapshot, new HashMap<>(model), keysOnly));
            } else if (!readings.isEmpty()) {
                Reading reading = readings.get(random.nextInt(readings.size()));
                if (!reading.read(random)) {
                    readings.remove(reading);
                    snapshots.remove(reading.snapshot);
                    reading.snapshot.ended();
                    finished++;
                }
            }
            assertThat(content.size()).isEqualTo(model.size());
        }
        assertThat(finished).isGreaterThan(1000);
        content.clear();
        readings.forEach(reading -> reading.snapshot.ended());
        assertThat(server.stats().getBytes()).isZero();
        assertThat(server.stats().stored()).isZero();
    }

    private void count() {
        List<Snapshot> snapshots = new ArrayList<>();
        DictContent content = content(snapshots);
        ByteString large = ByteString.copyFrom(new byte[100_000]);
        assertThat(content.put(bytes(1), large, 0)).isNull();
        assertThat(content.put(bytes(2), large, 0)).isNull();
        assertThat(content.put(bytes(3), large, 0)).isNull();
        long stored = server.stats().stored();
        for (int i = 0; i < 2; i++) {
            snapshots.add(content.snapshot(i, client(), false));
        }
        assertThat(server.stats().stored()).isEqualTo(stored);
        assertThat(content.put(bytes(1), ByteString.EMPTY, 0)).isEqualTo(large);
        assertThat(content.remove(bytes(2))).isEqualTo(large);
        assertThat(server.stats().stored()).isBetween(stored + 200_000, stored + 202_000);
        snapshots.remove(0).ended();
        assertThat(server.stats().stored()).isBetween(stored, stored + 1000);
        snapshots.add(content.snapshot(3, client(), false));
        content.clear(); // both keep the one entry that has its value still
        assertThat(server.stats().stored()).isBetween(stored, stored + 1000);
        snapshots.forEach(Snapshot::ended);
        assertThat(server.stats().stored()).isZero();
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
