package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("LockNotBeforeTry") // the test checks that the lock is held
class PersistenceTest {

    private static final byte[] SECRET = {1, 2, 3, 4, 5, 6, 7, 8};

    @Test
    void shouldFindEverythingAgainWithTheSameProxies(@TempDir Path directory) {
        Path address = directory.resolve("address");
        ManagerBuilder builder =
                Manager.builder().address(address, SECRET).persistTo(directory.resolve("store"));
        Manager first = builder.start();
        try (Manager client = Manager.connect(address, SECRET)) {
            SharedDict<String, Integer> dict = client.dict("d");
            SharedList<String> list = client.list("l");
            SharedCounter counter = client.counter("c");
            SharedLock lock = client.lock("lock");
            dict.put("a", 1);
            dict.put("gone", 1);
            dict.remove("gone");
            dict.put("short", 1, Duration.ofMillis(1));
            dict.put("long", 1, Duration.ofHours(1));
            for (int i = 0; i < 3000; i++) {
                list.add("e" + i);
            }
            list.remove(0);
            list.set(0, "first");
            client.<String>set("s").addAll(List.of("x", "y"));
            client.<String>value("v").set("value");
            counter.addAndGet(41);
            lock.lock();
            long token = lock.fencingToken();
            first.close();
            assertThatThrownBy(() -> dict.get("a")).isInstanceOf(ManagerUnavailableException.class);
            try (Manager second = builder.start()) {
                assertThat(dict).containsOnlyKeys("a", "long");
                assertThat(list).hasSize(2999).startsWith("first", "e2").endsWith("e2999");
                assertThat(client.<String>set("s")).containsExactlyInAnyOrder("x", "y");
                assertThat(client.<String>value("v").get()).isEqualTo("value");
                assertThat(counter.incrementAndGet()).isEqualTo(42);
                assertThat(lock.isHeldByCurrentThread()).isFalse();
                lock.lock();
                assertThat(lock.fencingToken()).isGreaterThan(token);
                lock.unlock();
                assertThat(second.dict("d")).hasSize(2);
            }
        }
    }

    @Test
    void shouldDecodeOnlyDataFromOtherProcesses(@TempDir Path directory) {
        Path address = directory.resolve("address");
        record Mine(int number) implements java.io.Serializable {}
        try (Manager manager = Manager.builder().address(address, SECRET).embedded();
                Manager client = Manager.connect(address, SECRET);
                Manager open = Manager.builder().inputFilter(null).connect(address, SECRET)) {
            client.dict("d").put("list", List.of("x"));
            client.dict("d").put("mine", new Mine(1));
            assertThat(client.dict("d").get("list")).isEqualTo(List.of("x"));
            assertThatThrownBy(() -> client.dict("d").get("mine"))
                    .isInstanceOf(dev.procession.core.UndecodableException.class);
            assertThat(open.dict("d").get("mine")).isEqualTo(new Mine(1));
            assertThat(manager.dict("d").get("mine")).isEqualTo(new Mine(1));
        }
    }
}
