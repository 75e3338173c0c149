package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.core.life.Session;
import dev.procession.monitor.ProcessionCommand;
import dev.procession.monitor.WatchedProgram;
import dev.procession.testing.OtherUser;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process of another user on this machine gets nothing. */
@SystemTest
@Timeout(120)
class OtherUserTest {

    @TempDir Path directory;

    /**
     * Tries all that another user can; needs the JDK alone. Its arguments are a port, the key's
     * file, a session's directory and a socket in it.
     */
    static final class Stranger {

        private Stranger() {}

        public static void main(String[] args) throws IOException {
            int port = Integer.parseInt(args[0]);
            for (String path : List.of("/", "/snapshot", "/events", "/kill", "/index.html")) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    OutputStream out = socket.getOutputStream();
                    String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port;
                    out.write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    InputStream in = socket.getInputStream();
                    String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    System.out.println("page: " + answer.lines().findFirst().orElse("nothing"));
                    System.out.println("body: " + answer.substring(answer.indexOf("\r\n\r\n") + 4));
                }
            }
            attempt("key", () -> Files.readAllBytes(Path.of(args[1])).length);
            attempt("keys", () -> list(Path.of(args[1]).getParent()));
            attempt("sessions", () -> list(Path.of(args[2]).getParent()));
            attempt("session", () -> list(Path.of(args[2])));
            attempt("secret", () -> Files.readAllBytes(Path.of(args[2], "secret")).length);
            attempt("link", () -> SocketChannel.open(UnixDomainSocketAddress.of(args[3])));
            System.out.println("done: all");
        }

        private interface Attempt {
            Object run() throws IOException;
        }

        private static void attempt(String name, Attempt attempt) {
            try {
                System.out.println(name + ": got " + attempt.run());
            } catch (IOException e) {
                System.out.println(name + ": refused");
            }
        }

        private static long list(Path path) throws IOException {
            try (Stream<Path> files = Files.list(path)) {
                return files.count();
            }
        }
    }

    /** Copies the class to where the other user can read it, and returns its command. */
    private List<String> stranger(String... arguments) throws Exception {
        String file = Stranger.class.getName().replace('.', '/');
        for (String suffix : List.of("", "$Attempt")) {
            Path copy = directory.resolve(file + suffix + ".class");
            Files.createDirectories(copy.getParent());
            try (InputStream in =
                    Stranger.class.getClassLoader().getResourceAsStream(file + suffix + ".class")) {
                Files.copy(in, copy);
            }
        }
        List<String> command = new ArrayList<>(OtherUser.prefix(directory).subList(0, 4));
        List<String> java = TestProgram.command(List.of(), Stranger.class, arguments);
        java.set(java.indexOf("-cp") + 1, directory.toString());
        command.addAll(java);
        Process trial =
                new ProcessBuilder(
                                Stream.concat(
                                                command.subList(0, 4).stream(),
                                                Stream.of("test", "-x", directory.toString()))
                                        .toList())
                        .start();
        assumeTrue(trial.waitFor() == 0, "another user cannot reach the temporary directory");
        return command;
    }

    @Test
    void shouldGetNothingFromThePageTheKeyOrTheLinks() throws Exception {
        Path key = Files.createTempDirectory("key").resolve("state").resolve("key");
        try (TestProgram watched = TestProgram.startAsThisUser(Member.class);
                Page page = Page.open(0, key)) {
            Path home = Path.of(watched.awaitLine("home: "));
            Path socket = Path.of(watched.awaitLine("socket: "));
            assertThat(socket).exists();
            List<String> command =
                    stranger(
                            Integer.toString(page.address().getPort()),
                            key.toString(),
                            home.toString(),
                            socket.toString());
            try (TestProgram stranger = TestProgram.start(directory, command)) {
                assertThat(stranger.awaitExit()).as(stranger.text()).isZero();
                assertThat(stranger.lines().stream().filter(line -> line.startsWith("page: ")))
                        .hasSize(5)
                        .allMatch(line -> line.equals("page: HTTP/1.1 403 -"));
                assertThat(stranger.lines().stream().filter(line -> line.startsWith("body: ")))
                        .hasSize(5)
                        .allMatch(line -> line.startsWith("body: Open the address"));
                assertThat(stranger.lines())
                        .contains("key: refused", "keys: refused", "sessions: refused")
                        .contains("session: refused", "secret: refused", "link: refused");
            }
        } finally {
            Files.delete(key);
            Files.delete(key.getParent());
            Files.delete(key.getParent().getParent());
        }
    }

    /** Has a session, and a socket that answers questions. */
    static final class Member {

        private Member() {}

        public static void main(String[] args) throws Exception {
            dev.procession.core.link.LinkServer unused =
                    dev.procession.core.link.LinkServer.current();
            Path home = Session.current().home();
            System.out.println("home: " + home);
            System.out.println(
                    "socket: "
                            + dev.procession.core.life.DirectoryLayout.socket(home, Session.ROOT));
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** Even where the kernel lets the other user read all files: root is one such user. */
    @Test
    void shouldNotSeeTheProgramsOfOneAnother() throws Exception {
        List<String> prefix = OtherUser.prefix(directory);
        try (TestProgram ours = TestProgram.start(WatchedProgram.class);
                TestProgram theirs = start(prefix, WatchedProgram.class)) {
            String oursText = awaitOnePool(List.of());
            String theirsText = awaitOnePool(prefix);
            assertThat(oursText)
                    .contains("pid " + ours.pid())
                    .doesNotContain("pid " + theirs.pid());
            assertThat(theirsText)
                    .contains("pid " + theirs.pid())
                    .doesNotContain("pid " + ours.pid());
            for (String action : List.of("stack", "kill")) {
                try (TestProgram command =
                        start(prefix, ProcessionCommand.class, action, Long.toString(ours.pid()))) {
                    assertThat(command.awaitExit()).as(command.text()).isEqualTo(1);
                }
            }
            assertThat(ours.isAlive()).isTrue();
        } finally {
            try (TestProgram clean = start(prefix, ProcessionCommand.class, "clean");
                    TestProgram own = TestProgram.start(ProcessionCommand.class, "clean")) {
                assertThat(clean.awaitExit()).as(clean.text()).isZero();
                assertThat(own.awaitExit()).as(own.text()).isZero();
            }
        }
    }

    private TestProgram start(List<String> prefix, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        List<String> flags = prefix.isEmpty() ? List.of() : OtherUser.flags(directory);
        command.addAll(TestProgram.command(flags, main, arguments));
        return TestProgram.start(directory, command);
    }

    private String awaitOnePool(List<String> prefix) throws Exception {
        while (true) {
            try (TestProgram ps = start(prefix, ProcessionCommand.class, "ps")) {
                assertThat(ps.awaitExit()).as(ps.text()).isZero();
                if (ps.text().contains("pool orders")) {
                    return ps.text();
                }
            }
        }
    }
}
