package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.wire.LocalServers;
import dev.procession.manager.wire.ServerAddress;
import dev.procession.testing.Background;
import dev.procession.testing.BesideOthers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection that could not be made, or was refused, leaves no descriptor open. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailedDialsTest {

    private static final int DIALS = 50;

    /** For what this JVM opens and closes meanwhile. */
    private static final int FEW = 10;

    @TempDir private Path directory;
    private ServerAddress address;

    @BeforeEach
    void prepare() throws IOException {
        address = new ServerAddress(Files.createDirectory(directory.resolve("m")));
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(address.socket()));
    }

    private static long sockets() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(FailedDialsTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // it was closed meanwhile
        }
    }

    @Test
    void shouldKeepNoDescriptorWhenTheServerIsDead() throws IOException {
        listen().close(); // its file stays
        Files.createFile(address.lock());
        try (Manager manager = ScriptedServer.manager(address)) {
            SharedDict<String, String> dict = manager.dict("d");
            assertThatThrownBy(dict::size).isInstanceOf(ManagerUnavailableException.class);
            long before = sockets();
            for (int dial = 0; dial < DIALS; dial++) {
                assertThatThrownBy(dict::size).isInstanceOf(ManagerUnavailableException.class);
            }
            assertThat(sockets() - before).isLessThan(FEW);
        }
    }

    /** Closes connections in the middle of their handshakes. */
    @Test
    @BesideOthers
    void shouldKeepNoDescriptorOfAHandshakeThatEnded() throws Exception {
        LocalServers.serverStarted(address);
        Manager manager = ScriptedServer.manager(address);
        try (ServerSocketChannel listening = listen()) {
            Background<Integer> asking = Background.start(() -> manager.dict("d").size());
            listening.accept().close();
            long before = sockets();
            for (int dial = 0; dial < DIALS; dial++) {
                SocketChannel accepted = listening.accept();
                accepted.close();
            }
            assertThat(sockets() - before).isLessThan(FEW);
            manager.close();
            assertThatThrownBy(asking::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        } finally {
            LocalServers.serverEnded(address);
        }
    }
}
