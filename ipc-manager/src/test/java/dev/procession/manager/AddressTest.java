package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.life.LockProbe;
import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ServerAddress;
import dev.procession.testing.Background;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The address of a server: its aliases, its secret, and what a failed start leaves there. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AddressTest {

    private static final byte[] SECRET =
            "a secret that nothing else contains".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path directory;

    private static void requireOwnLock(Path address) {
        assertThat(LockProbe.holder(new ServerAddress(address).lock()))
                .as("the process with the server's lock")
                .hasValue(ProcessHandle.current().pid());
    }

    @Test
    void shouldKeepTheLockBesideAClientOfAnAlias() throws Exception {
        Path address = directory.resolve("a");
        try (Manager server = Manager.builder().address(address, SECRET).embedded()) {
            Path alias = Files.createSymbolicLink(directory.resolve("alias"), address);
            assertThat(LocalServers.isServerDead(new ServerAddress(alias))).isFalse();
            requireOwnLock(address);
            try (Manager client = Manager.connect(alias, SECRET)) {
                client.dict("d").put("key", "value");
            }
            requireOwnLock(address);
            assertThat(server.dict("d")).hasSize(1);
        }
        assertThat(LocalServers.hasServer(new ServerAddress(address))).isFalse();
    }

    @Test
    void shouldKeepTheLockBesideAnotherClassLoader() throws Exception {
        Path address = directory.resolve("a");
        URL wire = LocalServers.class.getProtectionDomain().getCodeSource().getLocation();
        try (Manager server = Manager.builder().address(address, SECRET).embedded();
                URLClassLoader other = new Child(wire)) {
            Class<?> servers = other.loadClass(LocalServers.class.getName());
            Class<?> place = other.loadClass(ServerAddress.class.getName());
            assertThat(servers).isNotSameAs(LocalServers.class);
            Object there = place.getConstructor(Path.class).newInstance(address);
            assertThat(servers.getMethod("isServerDead", place).invoke(null, there))
                    .isEqualTo(false);
            requireOwnLock(address);
            assertThat(server.dict("d")).isEmpty();
        }
    }

    /** Loads the manager's wire package again, all else as this class's loader does. */
    private static final class Child extends URLClassLoader {
        private Child(URL from) {
            super(new URL[] {from}, AddressTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> found = findLoadedClass(name);
                return found == null && name.startsWith("dev.procession.manager.wire.")
                        ? findClass(name)
                        : super.loadClass(name, resolve);
            }
        }
    }

    @Test
    void shouldStoreNoSecretWithAProxy() throws Exception {
        Path store = directory.resolve("store");
        try (Manager manager =
                Manager.builder()
                        .address(directory.resolve("a"), SECRET)
                        .persistTo(store)
                        .embedded()) {
            SharedCounter counter = manager.counter("c");
            counter.set(7);
            SharedDict<String, Object> dict = manager.dict("d");
            dict.put("proxy", counter);
            dict.put("manager", manager);
            assertThat(((SharedCounter) dict.get("proxy")).get()).isEqualTo(7);
            try (Manager again = (Manager) dict.get("manager")) {
                assertThat(again.counter("c").get()).isEqualTo(7);
            }
            assertThat(counter.get()).isEqualTo(7);
        }
        String content = Files.readString(store, StandardCharsets.ISO_8859_1);
        assertThat(content).contains("proxy");
        assertThat(content).doesNotContain(new String(SECRET, StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldLeaveTheAddressFreeAfterAStartThatFails() throws IOException {
        Path address = directory.resolve("a");
        Path store = Files.createDirectory(directory.resolve("store"));
        ManagerBuilder builder = Manager.builder().address(address, SECRET);
        assertThatThrownBy(() -> builder.persistTo(store).embedded())
                .isInstanceOfAny(UncheckedIOException.class, ManagerException.class);
        assertThat(LocalServers.hasServer(new ServerAddress(address))).isFalse();
        try (Manager manager = Manager.builder().address(address, SECRET).embedded()) {
            assertThat(manager.dict("d")).isEmpty();
        }
    }

    @Test
    void shouldLeaveALockToAThreadThatHasEnded() throws Exception {
        try (Manager manager = Manager.embedded()) {
            SharedLock lock = manager.lock("l");
            Background<Boolean> ending = Background.start(lock::tryLock);
            assertThat(ending.get()).isTrue();
            ending.thread().join();
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.isLocked()).isTrue();
        }
    }
}
