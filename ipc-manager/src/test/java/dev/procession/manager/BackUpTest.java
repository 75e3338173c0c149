package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackUpTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir private Path directory;
    private Path copy;

    @BeforeEach
    void choosePath() {
        copy = directory.resolve("copy");
    }

    private ManagerBuilder builder(String address, Path store) {
        return Manager.builder().address(directory.resolve(address), SECRET).persistTo(store);
    }

    private ManagerBuilder first() {
        return builder("m", directory.resolve("store"));
    }

    @Test
    void shouldHaveOneMomentOfAServerThatGoesOn() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (Manager manager = first().embedded()) {
            SharedList<String> list = manager.list("l");
            list.add("first");
            manager.dict("large").put("k", new byte[10 << 20]);
            Background<Integer> writer =
                    Background.start(
                            () -> {
                                SharedCounter one = manager.counter("one");
                                SharedCounter two = manager.counter("two");
                                int count = 0;
                                while (!over.get()) {
                                    count++;
                                    one.set(count);
                                    two.set(count);
                                }
                                return count;
                            });
            for (int i = 0; i < 5; i++) {
                long before = manager.counter("two").get();
                Path file = directory.resolve("copy" + i);
                manager.snapshotTo(file);
                list.add("later");
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
                try (Manager copied = builder("c" + i, file).embedded()) {
                    long two = copied.counter("two").get();
                    assertThat(two).isGreaterThanOrEqualTo(before);
                    assertThat(copied.counter("one").get()).isBetween(two, two + 1);
                    assertThat(copied.<String>list("l")).hasSize(1 + i).startsWith("first");
                    assertThat(copied.<String, byte[]>dict("large").get("k")).hasSize(10 << 20);
                }
            }
            over.set(true);
            assertThat(writer.get(20, TimeUnit.SECONDS)).isPositive();
        }
        try (var files = Files.newDirectoryStream(directory, "*.partial")) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldRefuseAPathAtWhichThereIsSomething() throws Exception {
        Files.writeString(copy, "mine");
        try (Manager manager = first().embedded()) {
            assertThatThrownBy(() -> manager.snapshotTo(copy))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("exists")
                    .hasMessageContaining(copy.toString());
            assertThatThrownBy(() -> manager.snapshotTo(directory.resolve("none/copy")))
                    .isInstanceOf(ManagerException.class)
                    .hasMessageContaining("NoSuchFile");
            manager.counter("c").set(1);
        }
        assertThat(copy).hasContent("mine");
    }

    @Test
    void shouldRefuseABackUpOfAManagerWithoutAStore() {
        try (Manager manager = Manager.embedded()) {
            assertThatThrownBy(() -> manager.snapshotTo(copy))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("persistTo");
        }
    }
}
