package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The next server rejects numbers of an earlier one, and never takes them for its own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestartNumbersTest {

    private static final byte[] SECRET = {1, 2, 3};
    private static final long FIRST_EPOCH = 1 << 11;

    @TempDir private Path directory;
    private ManagerBuilder builder;
    private Path address;

    @BeforeEach
    void choosePlace() {
        address = directory.resolve("m");
        builder = Manager.builder().address(address, SECRET).persistTo(directory.resolve("store"));
    }

    @Test
    void shouldNotAcknowledgeAnElementByALeaseFromBeforeTheRestart() throws Exception {
        Manager first = builder.embedded();
        try (Manager client = Manager.connect(address, SECRET)) {
            SharedQueue<String> queue = client.queue("q", 10);
            queue.put("one");
            SharedQueue.Lease<String> before = queue.lease(Duration.ofSeconds(1)).orElseThrow();
            first.close();
            try (Manager second = builder.embedded()) {
                assertThat(second.address()).isEqualTo(address);
                queue.put("two");
                SharedQueue.Lease<String> after = queue.lease(Duration.ofSeconds(1)).orElseThrow();
                assertThatThrownBy(before::done).isInstanceOf(IllegalStateException.class);
                after.close();
                assertThat(queue.poll()).isEqualTo("two");
            }
        }
    }

    @Test
    void shouldNotGoOnIteratingOverAnotherSnapshotAfterTheRestart() {
        Map<Integer, Integer> many = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            many.put(i, i);
        }
        Manager first = builder.embedded();
        try (Manager client = Manager.connect(address, SECRET)) {
            SharedDict<Integer, Integer> dict = client.dict("d");
            dict.putAll(many);
            Iterator<Integer> before = dict.keySet().iterator();
            Integer unused = before.next();
            first.close();
            try (Manager second = builder.embedded()) {
                assertThat(second.address()).isEqualTo(address);
                Iterator<Integer> after = dict.keySet().iterator();
                assertThat(after.next()).isNotNull();
                assertThatThrownBy(
                                () -> {
                                    while (before.hasNext()) {
                                        assertThat(before.next()).isNotNull();
                                    }
                                })
                        .isInstanceOf(ConcurrentModificationException.class);
                int rest = 1;
                while (after.hasNext()) {
                    assertThat(after.next()).isNotNull();
                    rest++;
                }
                assertThat(rest).isEqualTo(3000);
            }
        }
    }

    @Test
    void shouldCountServersInsteadOfAskingTheClockForTokens() throws Exception {
        assertThat(epochOfAToken()).isEqualTo(FIRST_EPOCH);
        assertThat(epochOfAToken()).isEqualTo(FIRST_EPOCH + 1);
        Files.delete(address.resolve("epoch")); // the store knows it as well
        assertThat(epochOfAToken()).isEqualTo(FIRST_EPOCH + 2);
        builder.address(directory.resolve("n"), SECRET);
        assertThat(epochOfAToken()).isEqualTo(FIRST_EPOCH + 3);
    }

    @Test
    void shouldCountServersWithoutAStoreToo() {
        builder = Manager.builder().address(address, SECRET);
        assertThat(epochOfAToken()).isEqualTo(FIRST_EPOCH);
        assertThat(epochOfAToken()).isEqualTo(FIRST_EPOCH + 1);
    }

    /** An earlier version derived tokens from the clock, 1024 for each millisecond. */
    @Test
    void shouldBeginWithTokensGreaterThanThoseOfTheClock() {
        assertThat(token()).isGreaterThan(System.currentTimeMillis() << 10);
    }

    private long epochOfAToken() {
        return token() >> 40;
    }

    private long token() {
        try (Manager manager = builder.embedded()) {
            SharedLock lock = manager.lock("l");
            lock.lock();
            try {
                return lock.fencingToken();
            } finally {
                lock.unlock();
            }
        }
    }
}
