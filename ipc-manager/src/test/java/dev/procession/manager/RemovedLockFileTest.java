package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers never have one address, even if its lock file is deleted. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemovedLockFileTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir private Path directory;

    @AfterEach
    void removesWhatTheKilledServerLeft() throws Exception {
        KilledPrograms.sweep();
    }

    private TestProgram startServer(Path address) throws IOException {
        Path secret = SecretFiles.write(directory.resolve("key"), SECRET);
        return TestProgram.start(ManagerMain.class, address.toString(), secret.toString());
    }

    @Test
    void shouldNotStartASecondServerAtTheAddressOfALivingOne() throws Exception {
        Path address = directory.resolve("removed-" + ProcessHandle.current().pid());
        ManagerBuilder builder = Manager.builder().address(address, SECRET);
        try (TestProgram first = startServer(address)) {
            String unused = first.awaitLine("listening: ");
            try (Manager client = Manager.connect(address, SECRET)) {
                client.<String, Integer>dict("d").put("k", 1);
                Files.delete(address.resolve("lock"));
                assertThatThrownBy(builder::embedded)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("a server that lives has this address");
                ((RemoteManager) client).client().cutConnections();
                assertThat(client.<String, Integer>dict("d").get("k")).isEqualTo(1);
            }
            first.kill();
            try (Manager second = builder.embedded()) {
                assertThat(second.dict("d")).isEmpty();
            }
        }
    }
}
