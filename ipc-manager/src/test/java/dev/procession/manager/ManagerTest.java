package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagerTest {

    private static final byte[] SECRET = {1, 2, 3, 4, 5, 6, 7, 8};

    @Test
    void shouldShareADictWithAChild() throws Exception {
        try (Manager manager = Manager.start()) {
            SharedDict<String, Integer> dict = manager.dict("counts");
            assertThat(dict.put("a", 1)).isNull();
            ChildProcess<Integer> child =
                    ChildProcess.start(
                            () -> {
                                dict.put("b", 2);
                                return dict.get("a");
                            });
            assertThat(child.result()).isEqualTo(1);
            assertThat(dict).containsEntry("b", 2).hasSize(2);
            child.join();
        }
    }

    @Test
    void shouldShareAnEmbeddedServerWithAChild() throws Exception {
        try (Manager manager = Manager.embedded()) {
            SharedLock lock = manager.rlock("l");
            SharedCounter counter = manager.counter("c");
            ChildProcess<Long> child =
                    ChildProcess.start(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    addGuarded(lock, counter);
                                }
                                return counter.get();
                            });
            for (int i = 0; i < 100; i++) {
                addGuarded(lock, counter);
            }
            child.join();
            assertThat(counter.get()).isEqualTo(200);
        }
    }

    private static void addGuarded(SharedLock lock, SharedCounter counter) {
        lock.lock();
        try {
            counter.set(counter.get() + 1);
        } finally {
            lock.unlock();
        }
    }

    @Test
    void shouldTravelItself() throws Exception {
        try (Manager manager = Manager.start()) {
            ChildProcess<Boolean> child =
                    ChildProcess.start(() -> manager.<String>set("s").add("x"));
            assertThat(child.result()).isTrue();
            assertThat(manager.<String>set("s")).containsExactly("x");
            child.join();
        }
    }

    @Test
    void shouldRefuseAWrongSecret(@TempDir Path directory) {
        Path address = directory.resolve("m");
        try (Manager manager = Manager.builder().address(address, SECRET).embedded();
                Manager second = Manager.connect(address, SECRET)) {
            manager.dict("d").put("k", "v");
            assertThat(second.dict("d")).containsEntry("k", "v");
        }
        try (Manager manager = Manager.builder().address(address, SECRET).start()) {
            assertThat(manager.dict("d")).isEmpty();
            assertThatThrownBy(() -> Manager.connect(address, new byte[] {9}))
                    .isInstanceOf(ManagerException.class)
                    .hasMessageContaining("secret");
        }
        assertThatThrownBy(() -> Manager.connect(address, SECRET))
                .isInstanceOf(ManagerUnavailableException.class);
    }

    @Test
    void shouldRefuseATakenAddress(@TempDir Path directory) {
        Path address = directory.resolve("m");
        try (Manager manager = Manager.builder().address(address, SECRET).start()) {
            manager.counter("c").incrementAndGet();
            assertThatThrownBy(() -> Manager.builder().address(address, SECRET).start())
                    .hasRootCauseMessage(
                            "another process has this membership: file=" + address.resolve("lock"));
            assertThat(manager.counter("c").get()).isEqualTo(1);
        }
    }

    @Test
    void shouldReportWhatAChildThrew() throws Exception {
        try (Manager manager = Manager.embedded()) {
            ChildProcess<Void> child = ChildProcess.start(() -> manager.lock("l").unlock());
            assertThatThrownBy(child::result)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalMonitorStateException.class);
        }
    }
}
