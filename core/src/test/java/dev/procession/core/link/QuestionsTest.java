package dev.procession.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.FoundSession;
import dev.procession.core.life.Session;
import dev.procession.testing.Await;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process asks another one that it did not start and whose session it is not in. */
@SystemTest
@Timeout(60)
class QuestionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Answers, and waits for its death. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            Answers.provide(
                    "echo",
                    (question, arguments) ->
                            String.join("+", arguments).getBytes(StandardCharsets.UTF_8));
            Answers.provide(
                    "fail",
                    (question, arguments) -> {
                        throw new IOException("no: " + arguments);
                    });
            Answers.provide(
                    "large", (question, arguments) -> new byte[Integer.parseInt(arguments.get(0))]);
            LinkServer unused = LinkServer.current();
            System.out.println("home: " + Session.current().home());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldAnswerInOrderAndGoOnAfterAFailure() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class);
                Questions questions = Questions.to(home(program), Session.ROOT, PATIENCE)) {
            assertThat(text(questions.ask("echo", "a", "ö", ""))).isEqualTo("a+ö+");
            assertThatThrownBy(() -> questions.ask("fail", "x"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("no: [x]");
            assertThatThrownBy(() -> questions.ask("unknown"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("question=unknown");
            assertThatThrownBy(() -> questions.ask("large", "16777216"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("too long");
            assertThat(questions.ask("large", "16777215")).hasSize(16_777_215);
            assertThat(text(questions.ask("echo"))).isEmpty();
            assertThat(text(questions.ask(Answers.KNOWN_QUESTIONS)).lines())
                    .contains("echo", "fail", "large");
        }
    }

    /** Each question arrives while the thread that answered the one before it is about to rest. */
    @Test
    void shouldAnswerQuestionsThatFollowAtOnce() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class);
                Questions questions = Questions.to(home(program), Session.ROOT, PATIENCE)) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(questions.ask("echo", "x")).hasSize(1);
            }
        }
    }

    @Test
    void shouldNotWaitForAStoppedProcess() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class)) {
            Path home = home(program);
            Signal.STOP.sendTo(program.pid());
            assertThatThrownBy(() -> Questions.to(home, Session.ROOT, Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("stopped");
            Signal.CONT.sendTo(program.pid());
            try (Questions questions = Questions.to(home, Session.ROOT, PATIENCE)) {
                assertThat(text(questions.ask("echo", "again"))).isEqualTo("again");
            }
        }
    }

    @Test
    void shouldRefuseWhoDoesNotKnowTheSecretOrAsksTooMuch() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class)) {
            Path home = home(program);
            Path secret = home.resolve("secret");
            byte[] right = Files.readAllBytes(secret);
            Files.write(secret, new byte[right.length]);
            assertThatThrownBy(() -> Questions.to(home, Session.ROOT, PATIENCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("secret");
            Files.write(secret, right);
            try (Questions questions = Questions.to(home, Session.ROOT, PATIENCE)) {
                assertThatThrownBy(() -> questions.ask("echo", "x".repeat(70_000)))
                        .hasMessageContaining("QUESTION");
                assertThat(text(questions.ask("echo", "still"))).isEqualTo("still");
            }
        }
    }

    /** What an asking process does not read takes little memory of the one that it asks. */
    @Test
    void shouldEndTheLinkOfWhoDoesNotReadTheAnswers() throws Exception {
        try (TestProgram program =
                TestProgram.start(
                        Path.of("."),
                        TestProgram.command(
                                List.of(TestProgram.AS_THIS_USER, "-Xmx256m"), Program.class))) {
            Path home = home(program);
            List<SocketChannel> channels = new ArrayList<>();
            try {
                for (int i = 0; i < 40; i++) {
                    SocketChannel channel = connect(home);
                    channels.add(channel);
                    try {
                        for (int n = 0; n < 3; n++) {
                            Handshake.write(channel, question("large", "9000000"));
                        }
                    } catch (IOException e) {
                        // The link has ended already.
                    }
                }
                try (Questions questions = Questions.to(home, Session.ROOT, PATIENCE)) {
                    assertThat(text(questions.ask("echo", "still"))).isEqualTo("still");
                }
                for (SocketChannel channel : channels) {
                    assertThat(bytesUntilTheEnd(channel)).isLessThan(9_000_000);
                }
            } finally {
                for (SocketChannel channel : channels) {
                    channel.close();
                }
            }
            try (Questions questions = Questions.to(home, Session.ROOT, PATIENCE)) {
                assertThat(questions.ask("large", "16777215")).hasSize(16_777_215);
            }
            assertThat(program.text()).doesNotContain("OutOfMemoryError");
        }
    }

    /** Those that hold links and ask nothing do not keep others out. */
    @Test
    void shouldAnswerWhileVeryManyHoldTheirLinks() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class)) {
            Path home = home(program);
            List<SocketChannel> channels = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    SocketChannel channel = connect(home);
                    channels.add(channel);
                    if (i % 2 == 0) { // the begin of a question that never ends
                        channel.write(question("echo").toBuffer().limit(12));
                    }
                }
                for (int i = 0; i < 400; i++) { // and these say nothing
                    channels.add(
                            SocketChannel.open(
                                    UnixDomainSocketAddress.of(
                                            DirectoryLayout.socket(home, Session.ROOT))));
                }
                try (Questions questions = Questions.to(home, Session.ROOT, PATIENCE)) {
                    assertThat(text(questions.ask("echo", "still"))).isEqualTo("still");
                }
            } finally {
                for (SocketChannel channel : channels) {
                    channel.close();
                }
            }
        }
    }

    /** Only an asking process reads long frames; no other reserves memory for one. */
    @Test
    void shouldRefuseAnAnswerThatItDidNotAskFor() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class)) {
            Path home = home(program);
            byte[] longAnswer = new Frame(FrameType.ANSWER, new byte[1 << 20]).toBuffer().array();
            try (SocketChannel asker = connect(home);
                    SocketChannel stranger =
                            SocketChannel.open(
                                    UnixDomainSocketAddress.of(
                                            DirectoryLayout.socket(home, Session.ROOT)))) {
                ByteBuffer header = ByteBuffer.wrap(longAnswer, 0, Frame.HEADER_BYTES);
                asker.write(header.duplicate());
                stranger.write(header);
                assertThat(bytesUntilTheEnd(asker)).isZero();
                assertThat(bytesUntilTheEnd(stranger)).isZero();
            }
        }
    }

    private static SocketChannel connect(Path home) throws IOException {
        byte[] secret = Session.readSecret(home);
        SocketChannel channel =
                SocketChannel.open(
                        UnixDomainSocketAddress.of(DirectoryLayout.socket(home, Session.ROOT)));
        Hello hello =
                new Hello(
                        ProcessHandle.current().pid(),
                        0,
                        Hello.Purpose.QUESTIONS,
                        Session.ROOT,
                        0,
                        Session.nonce(Hello.NONCE_BYTES));
        Handshake.connect(channel, secret, hello);
        return channel;
    }

    private static Frame question(String name, String... arguments) {
        return new Frame(FrameType.QUESTION, Answers.question(name, List.of(arguments)));
    }

    private static long bytesUntilTheEnd(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        long bytes = 0;
        try {
            for (int n = channel.read(buffer); n >= 0; n = channel.read(buffer.clear())) {
                bytes += n;
            }
        } catch (SocketException e) {
            // The other side closed it with unread bytes.
        }
        return bytes;
    }

    @Test
    void shouldFindTheSessionsOfOtherProgramsAndTheirLeftOvers() throws Exception {
        Path home;
        try (TestProgram program = TestProgram.startAsThisUser(Program.class)) {
            home = home(program);
            FoundSession found = find(home);
            assertThat(found.rootPid()).isEqualTo(program.pid());
            assertThat(found.isLeftOver()).isFalse();
            assertThat(found.bytes()).isPositive();
            assertThat(found.members())
                    .containsExactly(new FoundSession.Member(Session.ROOT, program.pid(), true));
            program.kill();
            Await.until(() -> isLeftOver(home), "the session of the dead program is a left-over");
        }
        assertThat(Session.current().isDead(Session.current().self())).isFalse();
    }

    private static boolean isLeftOver(Path home) {
        try {
            return find(home).isLeftOver();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static FoundSession find(Path home) throws IOException {
        List<FoundSession> found = FoundSession.all();
        return found.stream()
                .filter(session -> session.home().equals(home))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not found: " + found));
    }

    private static Path home(TestProgram program) throws Exception {
        return Path.of(program.awaitLine("home: "));
    }

    private static String text(byte[] answer) {
        return new String(answer, StandardCharsets.UTF_8);
    }
}
