package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.UnserializableException;
import dev.procession.pipe.Connection;
import dev.procession.pipe.Pipe;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** {@code call}: a task that does not outlive the wait for it. */
@Timeout(60)
class CallTest extends OwnPool {

    private static final Duration LONG = Duration.ofSeconds(30);

    CallTest() {
        super(1);
    }

    @Test
    void shouldReturnWhatTheTaskReturned() throws Exception {
        TaskExecutor executor = pool;
        assertThat(executor.call(() -> 6 * 7)).isEqualTo(42);
        TaskOptions named = TaskOptions.builder().name("answer").build();
        assertThat(executor.call(() -> Worker.current().taskId(), named)).isEqualTo(2);
    }

    @Test
    void shouldThrowWhatTheTaskThrew() {
        assertThatThrownBy(
                        () ->
                                pool.call(
                                        () -> {
                                            throw new IllegalStateException("spilt");
                                        }))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("spilt");
        Object here = new Object();
        assertThatThrownBy(() -> pool.call(() -> here.hashCode()))
                .isInstanceOf(UnserializableException.class);
        TaskOptions brief = TaskOptions.builder().timeout(Duration.ofMillis(50)).build();
        assertThatThrownBy(() -> pool.call(Endless::sleep, brief))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TaskTimeoutException.class);
    }

    @Test
    void shouldInterruptTheTaskWhenTheCallerIsInterrupted() throws Exception {
        try (Pipe<String> pipe = Pipe.openOneWay()) {
            Connection<String> say = pipe.second();
            Background<Integer> caller =
                    Background.start(() -> pool.call(() -> sleepUntilInterrupted(say)));
            assertThat(pipe.first().receive(LONG)).contains("running");
            long worker = pool.workers().get(0).pid();
            caller.thread().interrupt();
            assertThat(pipe.first().receive(LONG)).contains("interrupted");
            assertThatThrownBy(() -> caller.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(pool.call(TestPools::pid)).isEqualTo(worker);
        }
        assertThat(pool.stats().cancelled()).isEqualTo(1);
    }

    @Test
    void shouldKillTheWorkerOfATaskThatIgnoresTheInterrupt() throws Exception {
        try (Pipe<String> pipe = Pipe.openOneWay()) {
            Connection<String> say = pipe.second();
            Background<Integer> caller =
                    Background.start(
                            () ->
                                    pool.call(
                                            () -> {
                                                say.send("running");
                                                while (true) {
                                                    Thread.onSpinWait();
                                                }
                                            }));
            assertThat(pipe.first().receive(LONG)).contains("running");
            long worker = pool.workers().get(0).pid();
            caller.thread().interrupt();
            assertThatThrownBy(() -> caller.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(InterruptedException.class);
            Await.until(() -> !isAlive(worker), "the worker has been killed");
            assertThat(pool.call(TestPools::pid)).isNotEqualTo(worker);
        }
    }

    @Test
    void shouldNotSubmitWhenTheCallerIsInterruptedAlready() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pool.call(() -> 1)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(pool.stats().submitted()).isZero();
    }

    @Test
    void shouldThrowInterruptedExceptionWhileTheQueueIsFull() throws Exception {
        try (ProcessPoolExecutor small = TestPools.quiet(1).queueCapacity(1).build()) {
            TaskFuture<Integer> running = small.submit(Endless::sleep);
            TaskFuture<Integer> waiting = small.submit(() -> 1);
            Background<Integer> caller = Background.start(() -> small.call(() -> 2)).awaitBlocked();
            caller.thread().interrupt();
            assertThatThrownBy(() -> caller.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(running.cancel(true)).isTrue();
            assertThat(waiting.get()).isEqualTo(1);
            assertThat(small.stats().submitted()).isEqualTo(2);
        }
    }

    @Test
    void shouldThrowCancellationExceptionWhenThePoolIsStopped() throws Exception {
        TaskFuture<Integer> running = pool.submit(Endless::sleep);
        Await.until(() -> pool.stats().running() == 1, "the task runs");
        Background<Integer> caller = Background.start(() -> pool.call(() -> 1)).awaitBlocked();
        assertThat(pool.shutdownNow()).hasSize(1);
        assertThatThrownBy(() -> caller.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CancellationException.class);
        assertThat(running.isCancelled()).isFalse();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "there are no virtual threads")
    void shouldInterruptTheTaskOfAVirtualThread() throws Exception {
        ExecutorService virtual =
                (ExecutorService)
                        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try (Pipe<String> pipe = Pipe.openOneWay()) {
            Connection<String> say = pipe.second();
            assertThat(virtual.submit(() -> pool.call(() -> 1)).get()).isEqualTo(1);
            Future<Integer> caller =
                    virtual.submit(() -> pool.call(() -> sleepUntilInterrupted(say)));
            assertThat(pipe.first().receive(LONG)).contains("running");
            assertThat(caller.cancel(true)).isTrue(); // interrupts the virtual thread
            assertThat(pipe.first().receive(LONG)).contains("interrupted");
        } finally {
            virtual.shutdownNow();
        }
    }

    private static int sleepUntilInterrupted(Connection<String> say) throws InterruptedException {
        say.send("running");
        try {
            return Endless.sleep();
        } catch (InterruptedException e) {
            say.send("interrupted");
            throw e;
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
