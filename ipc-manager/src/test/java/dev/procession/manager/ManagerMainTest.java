package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.stream.ServerOptions;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagerMainTest {

    @AfterAll
    static void removesWhatKilledServersLeft() throws Exception {
        KilledPrograms.sweep();
    }

    @TempDir private Path directory;

    private String address() {
        return directory.resolve("m").toString();
    }

    private String secret(String content) throws IOException {
        return SecretFiles.write(
                        directory.resolve("key"), content.getBytes(StandardCharsets.US_ASCII))
                .toString();
    }

    private ServerOptions options(String... options) throws IOException {
        String[] args = new String[options.length + 2];
        System.arraycopy(options, 0, args, 0, options.length);
        args[options.length] = address();
        args[options.length + 1] = secret("word");
        return ManagerArguments.read(args).programOptions();
    }

    @Test
    void shouldTakeTheDefaultsOfTheBuilder() throws Exception {
        ServerOptions options = options();
        assertThat(options.directory()).isEqualTo(address());
        assertThat(options.secret()).isEqualTo("word".getBytes(StandardCharsets.US_ASCII));
        assertThat(options.maxFrameBytes()).isEqualTo(ManagerBuilder.DEFAULT_MAX_MESSAGE_BYTES);
        assertThat(options.maxConnections()).isEqualTo(ManagerBuilder.DEFAULT_MAX_CONNECTIONS);
        assertThat(options.maxBytes()).isZero();
        assertThat(options.store()).isNull();
        assertThat(options.syncWrites()).isFalse();
        assertThat(options.userObjects()).isFalse();
        assertThat(options.ownsDirectory()).isFalse();
    }

    @Test
    void shouldTakeOptions() throws Exception {
        String store = directory.resolve("store").toString();
        ServerOptions options =
                ManagerArguments.read(
                                "--max-bytes=3G",
                                address(),
                                "--max-message-bytes=65536",
                                secret("word"),
                                "--sync-writes",
                                store,
                                "--max-connections=7")
                        .programOptions();
        assertThat(options.maxBytes()).isEqualTo(3L << 30);
        assertThat(options.maxFrameBytes()).isEqualTo(1 << 16);
        assertThat(options.maxConnections()).isEqualTo(7);
        assertThat(options.syncWrites()).isTrue();
        assertThat(options.store()).isEqualTo(store);
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "5k, 5120", "2m, 2097152", "1g, 1073741824"})
    void shouldTakeBytesWithAUnit(String text, long bytes) throws Exception {
        assertThat(options("--max-bytes=" + text).maxBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--max-bytes",
                "--max-bytes=",
                "--max-bytes=0",
                "--max-bytes=m",
                "--max-bytes=9999999999g",
                "--max-message-bytes=4g",
                "--max-message-bytes=1k",
                "--max-connections=-1",
                "--sync-writes=no",
                "--help"
            })
    void shouldRefuseAWrongOption(String option) {
        assertThatThrownBy(() -> options(option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong option: " + option);
    }

    @ParameterizedTest
    @CsvSource({"'word\n', word", "'word\r\n', word", "'word\n\n', 'word\n'", "'a b ', 'a b '"})
    void shouldCutOneLineEndOffTheSecret(String content, String expected) throws Exception {
        String file = secret(content);
        assertThat(ManagerArguments.read(address(), file).programOptions().secret())
                .isEqualTo(expected.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n"})
    void shouldRefuseAnEmptySecret(String content) throws Exception {
        String file = secret(content);
        assertThatThrownBy(() -> ManagerArguments.read(address(), file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rwx-----x"})
    void shouldRefuseASecretThatOthersMayUse(String mode) throws Exception {
        String file = secret("word");
        Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> ManagerArguments.read(address(), file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void shouldServeWithItsLimits() throws Exception {
        try (TestProgram server =
                TestProgram.start(
                        ManagerMain.class, "--max-bytes=1m", address(), secret("word\n"))) {
            String unused = server.awaitLine("listening: ");
            byte[] word = "word".getBytes(StandardCharsets.US_ASCII);
            try (Manager manager = Manager.connect(Path.of(address()), word)) {
                SharedDict<String, byte[]> dict = manager.dict("d");
                dict.put("small", new byte[1000]);
                assertThatThrownBy(() -> dict.put("large", new byte[1 << 20]))
                        .isInstanceOf(ManagerException.class)
                        .hasMessageContaining("limit=1048576");
            }
        }
    }

    @Test
    void shouldSayHowItIsUsed() throws Exception {
        try (TestProgram server = TestProgram.start(ManagerMain.class, address())) {
            assertThat(server.awaitExit()).isEqualTo(2);
            assertThat(server.text()).contains("two or three paths", "usage: ManagerMain");
        }
    }
}
