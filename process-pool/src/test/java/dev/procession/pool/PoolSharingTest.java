package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.WorkerCrashedException;
import dev.procession.manager.Manager;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tasks share with their submitter, what is recorded of them, and how a pool ends. */
@Timeout(60)
class PoolSharingTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @Nested
    class Sharing {

        @Test
        void shouldGiveTasksTheManager() throws Exception {
            try (Manager manager = Manager.start();
                    ProcessPoolExecutor pool = TestPools.quiet(2).manager(manager).build()) {
                List<TaskFuture<Long>> futures = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    futures.add(
                            pool.submit(
                                    () -> {
                                        Manager theirs = Worker.current().manager();
                                        return theirs.counter("calls").incrementAndGet();
                                    }));
                }
                Set<Long> counts = new HashSet<>();
                for (TaskFuture<Long> future : futures) {
                    counts.add(future.get());
                }
                assertThat(counts).hasSize(10);
                assertThat(manager.counter("calls").get()).isEqualTo(10);
            }
        }

        @Test
        void shouldLetTheContextOfTheSubmitterTravel() throws Exception {
            try (ProcessPoolExecutor pool = TestPools.quiet(1).context(new RequestId()).build()) {
                RequestId.CURRENT.set("request 7");
                assertThat(pool.submit(() -> RequestId.CURRENT.get()).get()).isEqualTo("request 7");
                RequestId.CURRENT.remove();
                assertThat(pool.submit(() -> RequestId.CURRENT.get()).get()).isNull();
            }
        }
    }

    @Nested
    class Ending {

        @Test
        void shouldCloseWithinABound() throws Exception {
            ProcessPoolExecutor pool = TestPools.quiet(2).build();
            TaskFuture<Integer> endless =
                    pool.submit(
                            () -> {
                                Worker.current().progress(0.5);
                                while (true) {
                                    Thread.onSpinWait();
                                }
                            });
            TaskFuture<Integer> done = pool.submit(() -> 1);
            assertThat(done.get()).isEqualTo(1);
            Await.until(() -> endless.progress() > 0, "the endless task has begun");
            long start = System.nanoTime();
            assertThat(pool.close(Duration.ofMillis(500))).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
            assertThat(pool.isTerminated()).isTrue();
            assertThatThrownBy(endless::get).hasCauseInstanceOf(WorkerCrashedException.class);
        }

        @Test
        void shouldRunShutdownHooksWhenWorkersAreTerminated() throws Exception {
            // The hook has to send within the grace period, between SIGTERM and SIGKILL.
            ProcessPoolExecutor pool = TestPools.quiet(1).cancelGrace(LONG).build();
            try (Pipe<String> pipe = Pipe.openOneWay()) {
                Connection<String> say = pipe.second();
                TaskFuture<Integer> running =
                        pool.submit(
                                () -> {
                                    Runtime.getRuntime()
                                            .addShutdownHook(
                                                    new Thread(() -> sendQuietly(say, "hook")));
                                    say.send("running");
                                    return Endless.sleep();
                                });
                TaskFuture<Integer> never = pool.submit(() -> 1);
                assertThat(pipe.first().receive()).isEqualTo("running");
                pool.terminateWorkers();
                assertThat(pipe.first().receive(LONG)).contains("hook");
                assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                assertThat(never.isCancelled()).isTrue();
                assertThatThrownBy(running::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                WorkerCrashedException.class,
                                e -> assertThat(e.signal()).isEqualTo(15));
            }
        }
    }

    /** A request's id, in a thread. */
    private static final class RequestId implements TaskContext<String> {
        private static final long serialVersionUID = 1L;
        private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

        @Override
        public @Nullable String capture() {
            return CURRENT.get();
        }

        @Override
        public void restore(String id) {
            CURRENT.set(id);
        }

        @Override
        public void clear() {
            CURRENT.remove();
        }
    }

    private static void sendQuietly(Connection<String> to, String text) {
        try {
            to.send(text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
