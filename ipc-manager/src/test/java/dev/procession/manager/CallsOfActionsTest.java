package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.ScriptedServer.Connection;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that block on the client's own thread, by dependent actions, with a server that waits. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallsOfActionsTest extends WithScriptedServer {

    private static final String CONNECTION = "procession-manager-connection";

    private Connection connection;
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();

    /** Has the client's thread do something as the action of a call that is answered. */
    private <T> CompletableFuture<T> onTheThread(Callable<T> action) throws IOException {
        CompletableFuture<T> result = new CompletableFuture<>();
        CompletableFuture<Void> unused =
                manager.client()
                        .callAsync(Request.newBuilder().setName("any"), Response::getStatus)
                        .thenAccept(
                                status -> {
                                    thread.complete(Thread.currentThread());
                                    try {
                                        result.complete(action.call());
                                    } catch (Exception | Error e) {
                                        result.completeExceptionally(e);
                                    }
                                });
        connection = server.accept(1, 1);
        assertThat(connection.readShort()).isEqualTo("1");
        connection.answer(1, Status.OK);
        return result;
    }

    private static <T> T after(CompletableFuture<T> result) throws Exception {
        return result.get(20, TimeUnit.SECONDS);
    }

    private void interrupt() throws Exception {
        assertThat(after(thread).getName()).isEqualTo(CONNECTION);
        after(thread).interrupt();
    }

    private void requireInterrupted(CompletableFuture<?> result) {
        assertThatThrownBy(() -> after(result))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldEndATimedWaitThatTheServerDoesNotEnd() throws Exception {
        CompletableFuture<Boolean> locked =
                onTheThread(() -> manager.lock("l").tryLock(Duration.ofMillis(50)));
        assertThat(connection.readShort()).isEqualTo("2");

        assertThat(after(locked)).isFalse();
        assertThat(connection.readShort()).isEqualTo("withdraw 2");
        connection.answer(2, Status.WITHDRAWN);
    }

    /** Has the thread wait for a lock, and interrupts it; the server has been told. */
    private CompletableFuture<String> interruptedLock() throws Exception {
        CompletableFuture<String> locked =
                onTheThread(
                        () -> {
                            manager.lock("l").lockInterruptibly();
                            return "locked";
                        });
        assertThat(connection.readShort()).isEqualTo("2");
        interrupt();

        assertThat(connection.readShort()).isEqualTo("cancel 2");
        return locked;
    }

    @Test
    void shouldCancelAWaitThatIsInterrupted() throws Exception {
        CompletableFuture<String> locked = interruptedLock();
        connection.answer(2, Status.CANCELLED);
        requireInterrupted(locked);
    }

    @Test
    void shouldEndAnInterruptedWaitThatTheServerDoesNotEnd() throws Exception {
        CompletableFuture<String> locked = interruptedLock();
        requireInterrupted(locked);
        assertThat(connection.readShort()).isEqualTo("withdraw 2");
        connection.answer(2, Status.WITHDRAWN);
    }

    @Test
    void shouldKeepTheInterruptOfACallThatTakesNone() throws Exception {
        CompletableFuture<Boolean> interrupted =
                onTheThread(
                        () -> {
                            manager.lock("l").lock();
                            return Thread.interrupted();
                        });
        assertThat(connection.readShort()).isEqualTo("2");
        interrupt();
        Thread.sleep(10); // else the test is weaker
        connection.answer(2, Status.OK);

        assertThat(after(interrupted)).isTrue();
    }

    @Test
    void shouldInterruptTheWaitForAFuture() throws Exception {
        CompletableFuture<String> taken =
                onTheThread(() -> manager.<String>queue("q", 1).takeAsync().get());
        assertThat(connection.readShort()).isEqualTo("2");
        interrupt();

        requireInterrupted(taken);
    }

    @Test
    void shouldEndTheTimedWaitForAFuture() throws Exception {
        CompletableFuture<String> taken =
                onTheThread(
                        () ->
                                manager.<String>queue("q", 1)
                                        .takeAsync()
                                        .get(50, TimeUnit.MILLISECONDS));
        assertThat(connection.readShort()).isEqualTo("2");

        assertThatThrownBy(() -> after(taken)).hasCauseInstanceOf(TimeoutException.class);
    }
}
