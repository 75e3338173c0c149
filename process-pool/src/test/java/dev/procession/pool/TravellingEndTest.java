package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ends of pipes that are sent in tasks and results. */
class TravellingEndTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Ends the process that decodes it, before anything that comes after it is decoded. */
    private static final class Halting implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            Runtime.getRuntime().halt(9);
        }
    }

    private final ProcessPoolExecutor pool = new ProcessPoolExecutor(1);
    private final Pipe<String> pipe = Pipe.open();

    @AfterEach
    void close() {
        pipe.close();
        pool.shutdownNow();
        pool.close();
    }

    /** The body runs in a JVM in which nothing has listened before. */
    @Test
    void shouldTravelInTheFirstTaskOfAJvm() throws Exception {
        try (ChildProcess<String> parent = ChildProcess.start(TravellingEndTest::firstMessage)) {
            assertThat(parent.result()).isEqualTo("ron");
        }
    }

    private static String firstMessage() throws Exception {
        try (ProcessPoolExecutor first = new ProcessPoolExecutor(1);
                Pipe<String> made = Pipe.open()) {
            Connection<String> theirs = made.second();
            TaskFuture<Integer> sent =
                    first.submit(
                            () -> {
                                theirs.send("ron");
                                return 1;
                            });
            String message = made.first().receive();
            assertThat(sent.get()).isEqualTo(1);
            return message;
        }
    }

    @Test
    void shouldReturnAnEndFromATask() throws Exception {
        Connection<String> theirs =
                pool.submit(
                                () -> {
                                    Pipe<String> made = Pipe.open();
                                    made.first().send("hermione");
                                    made.first().close();
                                    return made.second();
                                })
                        .get();
        assertThat(theirs.receive()).isEqualTo("hermione");
        theirs.close();
    }

    @Test
    void shouldLearnOfAWorkerThatDiedBeforeItAttached() throws Exception {
        List<Object> captured = List.of(new Halting(), pipe.second());
        TaskFuture<Integer> task = pool.submit(captured::size);
        requireDeath();
        assertThatThrownBy(task::get).isInstanceOf(ExecutionException.class);
    }

    @Test
    void shouldLearnOfATaskThatWasCancelledBeforeItBegan() throws Exception {
        Pipe<String> busy = Pipe.open();
        Connection<String> gate = busy.second();
        TaskFuture<String> running = pool.submit(() -> gate.receive());
        Connection<String> theirs = pipe.second();
        TaskFuture<String> waiting = pool.submit(() -> theirs.receive());
        assertThat(waiting.cancel(false)).isTrue();
        requireDeath();
        busy.first().send("go on");
        assertThat(running.get()).isEqualTo("go on");
        busy.close();
    }

    @Test
    void shouldKeepTheEndsOfATaskThatIsRefused() throws Exception {
        pool.shutdown();
        Connection<String> theirs = pipe.second();
        assertThatThrownBy(() -> pool.submit(() -> theirs.receive()))
                .isInstanceOf(RejectedExecutionException.class);
        theirs.send("still here");
        assertThat(pipe.first().receive()).isEqualTo("still here");
    }

    private void requireDeath() throws InterruptedException {
        assertThat(pipe.first().poll(LONG)).isTrue();
        assertThatThrownBy(pipe.first()::receive)
                .isInstanceOfSatisfying(
                        EndOfPipeException.class, e -> assertThat(e.died()).isTrue());
    }
}
