package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which connections are accepted, and which are refused. */
class ListenerTest {

    private static final byte[] SECRET = "alohomora".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path directory;
    private Path address;
    private Listener<String> listener;

    @BeforeEach
    void bind() {
        address = directory.resolve("listener");
        listener = Listener.bind(address, SECRET);
    }

    @AfterEach
    void close() throws Exception {
        listener.close();
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    private void requireServes() throws Exception {
        try (Connection<String> theirs = Listener.connect(address, SECRET);
                Connection<String> ours = listener.accept()) {
            theirs.send("hermione");
            assertThat(ours.receive()).isEqualTo("hermione");
            ours.send("ron");
            assertThat(theirs.receive()).isEqualTo("ron");
        }
    }

    @Test
    void shouldRefuseAnotherSecretOnEitherSide() throws Exception {
        assertThatThrownBy(() -> Listener.connect(address, new byte[] {1}))
                .isInstanceOf(PipeException.class)
                .hasMessageContaining("secret");
        assertThat(listener.accept(Duration.ofMillis(50))).isEmpty();
        requireServes();
    }

    @Test
    void shouldRefuseAnotherVersionWithBothNumbers() throws Exception {
        ByteBuffer hello = ByteBuffer.allocate(4 + 48);
        hello.putInt(48).putLong(0x50524F4350495045L).putInt(99).position(0);
        try (SocketChannel stranger = connect()) {
            stranger.write(hello);
            ByteBuffer answer = ByteBuffer.allocate(1000);
            while (stranger.read(answer) >= 0) {
                // until the listener hangs up
            }
            assertThat(new String(answer.array(), 5, answer.position() - 5, StandardCharsets.UTF_8))
                    .contains("1 and 99");
        }
        requireServes();
    }

    @Test
    void shouldServeWhileOthersAreSilentOrSendGarbage() throws Exception {
        Random random = new Random(5);
        List<SocketChannel> strangers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            SocketChannel stranger = connect();
            strangers.add(stranger);
            if (i % 2 == 0) {
                byte[] garbage = new byte[random.nextInt(3000)];
                random.nextBytes(garbage);
                stranger.write(ByteBuffer.wrap(garbage));
            }
        }
        requireServes();
        for (SocketChannel stranger : strangers) {
            stranger.close();
        }
    }

    private SocketChannel connect() throws Exception {
        return SocketChannel.open(UnixDomainSocketAddress.of(address));
    }

    @Test
    void shouldRefuseAnotherUserWhomTheFilePermissionsAllow() throws Exception {
        String classes =
                Path.of(Stranger.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                        .toString();
        List<String> asNobody = List.of("setpriv", "--reuid=65534", "--clear-groups");
        assumeTrue(exit(asNobody, "test", "-r", classes) == 0, "needs to act as another user");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(address, PosixFilePermissions.fromString("rwxrwxrwx"));
        assumeTrue(
                exit(asNobody, "test", "-w", address.toString()) == 0,
                "needs a temporary directory that another user can reach");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        assumeTrue(
                exit(asNobody, java, "-XX:-UsePerfData", "-version") == 0,
                "needs a JDK that another user can run");
        List<String> command = new ArrayList<>(asNobody);
        command.addAll(List.of(java, "-XX:-UsePerfData", "-cp", classes));
        command.addAll(List.of(Stranger.class.getName(), address.toString()));
        try (TestProgram stranger = TestProgram.start(directory, command)) {
            assertThat(stranger.awaitExit()).as(stranger.text()).isZero();
            assertThat(stranger.text()).contains("different users");
        }
        requireServes();
    }

    private static int exit(List<String> prefix, String... command) throws Exception {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(List.of(command));
        try {
            return new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // the program is not installed
        }
    }

    @Test
    void shouldNotTakeALivingListenersAddress() throws Exception {
        assertThatThrownBy(() -> Listener.bind(address, SECRET))
                .isInstanceOf(UncheckedIOException.class);
        requireServes();
    }

    @Test
    void shouldFailWhenNoListenerIsBound() {
        Path unbound = directory.resolve("unbound");
        assertThatThrownBy(() -> Listener.connect(unbound, SECRET))
                .isInstanceOf(PipeException.class)
                .hasMessageContaining(unbound.toString());
    }
}
