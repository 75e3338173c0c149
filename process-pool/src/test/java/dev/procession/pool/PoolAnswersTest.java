package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.life.Session;
import dev.procession.core.link.Questions;
import dev.procession.core.snapshot.FailureSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.Snapshots;
import dev.procession.core.snapshot.TaskEnded;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.TasksEnded;
import dev.procession.core.snapshot.WorkerSnapshot;
import dev.procession.testing.Await;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another process asks a program about its pool, which the program prepared in no way. */
@SystemTest
@Timeout(60)
class PoolAnswersTest {

    /** Has one task that hangs, and many short ones, of which some fail. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            try (ProcessPoolExecutor pool =
                    ProcessPoolExecutor.builder().workers(2).name("shop").build()) {
                TaskFuture<Void> hung =
                        pool.submit(Program::hang, TaskOptions.builder().name("hung").build());
                System.out.println("home: " + Session.current().home());
                while (!hung.isDone()) {
                    pool.submit(Program::fail, TaskOptions.builder().name("bad").build())
                            .exceptionally(e -> null)
                            .join();
                }
                System.out.println("cancelled: " + hung.isCancelled());
            }
        }

        private static void hang() {
            while (true) {
                Thread.onSpinWait();
            }
        }

        private static void fail() {
            throw new IllegalStateException("out of stock");
        }
    }

    @Test
    void shouldTellWhatRunsAndWhereItHangsAndCancelIt() throws Exception {
        try (TestProgram program = TestProgram.startAsThisUser(Program.class);
                Questions questions = connect(Path.of(program.awaitLine("home: ")))) {
            long from = ended(questions, 0).next();
            Await.until(() -> hungTask(pool(questions)) != null, "the hung task runs");
            PoolSnapshot pool = pool(questions);
            assertThat(pool.name()).isEqualTo("shop");
            assertThat(pool.limit()).isEqualTo(2);
            TaskSnapshot hung = hungTask(pool);
            WorkerSnapshot worker = pool.workers().get(hung.worker());
            assertThat(worker.pid()).isPositive();
            assertThat(worker.residentBytes()).isPositive();
            String number = Long.toString(pool.number());
            Await.until(
                    () -> text(questions, "stack", number, "" + hung.worker()).contains("hang("),
                    "the stack shows the line that hangs");

            Await.until(() -> ended(questions, from).tasks().size() > 1, "tasks end");
            TaskEnded bad = ended(questions, from).tasks().get(0);
            assertThat(bad.task()).contains("bad");
            assertThat(bad.end()).isEqualTo("threw");
            assertThat(bad.pool()).isEqualTo("shop");
            List<FailureSnapshot> failures = pool(questions).failures();
            assertThat(failures.get(0).message()).isEqualTo("out of stock");
            assertThat(failures)
                    .anyMatch(one -> one.stack() != null && one.stack().contains("fail("));

            assertThat(text(questions, "cancel", number, "" + hung.id())).isEqualTo("true");
            assertThat(program.awaitLine("cancelled: ")).isEqualTo("true");
            assertThatThrownBy(() -> questions.ask("stack", "99", "0"))
                    .isInstanceOf(IOException.class);
        }
    }

    /** The pool's first worker starts beside its program, and with it the link server. */
    private static Questions connect(Path home) {
        AtomicReference<Questions> questions = new AtomicReference<>();
        Await.until(
                () -> {
                    try {
                        questions.set(Questions.to(home, Session.ROOT, Duration.ofSeconds(10)));
                        return true;
                    } catch (IOException e) {
                        return false; // it does not listen yet
                    }
                },
                "the program can be asked");
        return questions.get();
    }

    private static TaskSnapshot hungTask(PoolSnapshot pool) {
        return pool.tasks().stream()
                .filter(task -> "hung".equals(task.name()) && task.state().equals("RUNNING"))
                .findFirst()
                .orElse(null);
    }

    private static PoolSnapshot pool(Questions questions) {
        try {
            return Snapshots.decode(PoolSnapshot.class, questions.ask("pools")).get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static TasksEnded ended(Questions questions, long from) {
        try {
            return Snapshots.decode(TasksEnded.class, questions.ask("tasks-ended", "" + from))
                    .get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Questions questions, String question, String... arguments) {
        try {
            return new String(questions.ask(question, arguments), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
