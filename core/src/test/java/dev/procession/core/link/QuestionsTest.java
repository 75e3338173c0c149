package dev.procession.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.life.FoundSession;
import dev.procession.core.life.Session;
import dev.procession.testing.Await;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
