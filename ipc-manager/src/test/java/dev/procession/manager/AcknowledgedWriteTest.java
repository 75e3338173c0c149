package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in its own process, which the kernel stops from writing at some commit. */
class AcknowledgedWriteTest {

    private static final byte[] SECRET = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final int VALUE_BYTES = 1 << 18;
    private static final String MOST_FILE_BLOCKS = "4096"; // 2 or 4 MiB, as the shell counts

    @TempDir private Path directory;

    @Test
    void shouldAcknowledgeNoWriteThatTheStoreRefused() throws Exception {
        int acknowledged = writeUntilTheStoreRefuses();
        assertThat(acknowledged).as("writes before the limit").isPositive();
        Path address = directory.resolve("second");
        ManagerBuilder builder = Manager.builder().address(address, SECRET).persistTo(store());
        try (Manager server = builder.start()) {
            assertThat(server.<Integer, byte[]>dict("d").keySet())
                    .as("the acknowledged writes are in the store")
                    .contains(acknowledged);
        }
    }

    private int writeUntilTheStoreRefuses() throws Exception {
        Path address = directory.resolve("first");
        Process server = startServer(address);
        try (Manager client = Manager.connect(address, SECRET)) {
            SharedDict<Integer, byte[]> dict = client.dict("d");
            int[] acknowledged = new int[1];
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    dict.put(acknowledged[0] + 1, new byte[VALUE_BYTES]);
                                    acknowledged[0]++;
                                }
                            })
                    .isInstanceOf(ManagerUnavailableException.class);
            return acknowledged[0];
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private Path store() {
        return directory.resolve("store");
    }

    private Process startServer(Path address) throws IOException {
        Path secret = Files.write(directory.resolve("secret"), SECRET);
        Process server =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "ulimit -f " + MOST_FILE_BLOCKS + "; exec \"$0\" \"$@\"",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ManagerMain.class.getName(),
                                address.toString(),
                                secret.toString(),
                                store().toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
        assertThat(output.readLine()).startsWith("listening");
        return server;
    }
}
