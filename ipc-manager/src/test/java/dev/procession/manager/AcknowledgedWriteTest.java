package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            int acknowledged = writeUntilTheServerIsGone(client);
            assertThat(server.waitFor(20, TimeUnit.SECONDS)).as("the server has ended").isTrue();
            assertThat(server.exitValue()).isEqualTo(84);
            assertThat(errors()).content().contains("the store failed").contains("File too large");
            return acknowledged;
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static int writeUntilTheServerIsGone(Manager client) {
        SharedDict<Integer, byte[]> dict = client.dict("d");
        int acknowledged = 0;
        try {
            while (true) {
                dict.put(acknowledged + 1, new byte[VALUE_BYTES]);
                acknowledged++;
            }
        } catch (ManagerUnavailableException e) {
            return acknowledged;
        }
    }

    /** A program whose embedded server has no room for its store. */
    static final class Embedding {

        private Embedding() {}

        public static void main(String[] args) {
            Path place = Path.of(args[0]);
            ManagerBuilder builder = Manager.builder().address(place.resolve("m"), SECRET);
            builder.persistTo(place.resolve("store"));
            try (Manager manager = builder.embedded()) {
                System.out.println("acknowledged: " + writeUntilTheServerIsGone(manager));
            }
            builder.persistTo(place.resolve("next"));
            try (Manager manager = builder.embedded()) {
                manager.counter("c").set(1);
                System.out.println("goes on with " + manager.counter("c").get());
            }
        }
    }

    @Test
    void shouldEndAnEmbeddedServerWhoseStoreRefuses() throws Exception {
        Process program = startLimited(Embedding.class, directory.toString());
        try (BufferedReader output = program.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).matches("acknowledged: [1-9][0-9]*");
            assertThat(output.readLine()).isEqualTo("goes on with 1");
            assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue()).isZero();
            assertThat(errors()).content().contains("the store failed");
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    private Path errors() {
        return directory.resolve("errors");
    }

    private Path store() {
        return directory.resolve("store");
    }

    private Process startServer(Path address) throws IOException {
        Path secret = SecretFiles.write(directory.resolve("secret"), SECRET);
        Process server =
                startLimited(
                        ManagerMain.class,
                        address.toString(),
                        secret.toString(),
                        store().toString());
        BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
        assertThat(output.readLine()).startsWith("listening");
        return server;
    }

    /** Starts a program whose files have a limited size. */
    private Process startLimited(Class<?> program, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add("sh");
        command.add("-c");
        command.add("ulimit -f " + MOST_FILE_BLOCKS + "; exec \"$0\" \"$@\"");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(errors().toFile()).start();
    }
}
