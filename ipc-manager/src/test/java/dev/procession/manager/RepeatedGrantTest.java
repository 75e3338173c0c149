package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.core.ChildProcess;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thread that gave up a call repeats it before the server has withdrawn the first one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("LockNotBeforeTry") // the test needs a lock that stays locked
class RepeatedGrantTest {

    private static final Duration LIMIT = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofSeconds(20);

    @RegisterExtension final StoppableServer server = new StoppableServer();

    private Manager manager;

    @BeforeEach
    void start() {
        manager = server.manager();
    }

    /** Opens connections for this many calls at once. */
    private void connect(int calls) throws Exception {
        SharedEvent event = manager.event("connected");
        Background<?>[] waiting = new Background<?>[calls];
        for (int i = 0; i < calls; i++) {
            waiting[i] = Background.start(() -> event.await(LATER));
        }
        server.awaitWaiting(calls);
        event.set();
        for (Background<?> each : waiting) {
            assertThat(each.get()).isEqualTo(true);
        }
    }

    @Test
    void shouldReportTheAbandonedLockInTheAnswerThatIsRead() throws Exception {
        SharedLock lock = manager.lock("l");
        long ended = manager.stats().endedClients();
        ChildProcess<Void> child =
                ChildProcess.start(
                        () -> {
                            lock.lock();
                            Thread.sleep(60_000);
                        });
        Await.until(lock::isLocked, "the child has the lock");
        child.kill();
        child.join();
        Await.until(() -> manager.stats().endedClients() > ended, "the server knows of the death");
        connect(3);
        SynchronousQueue<String> go = new SynchronousQueue<>();
        server.stop();
        Background<Boolean> owner =
                Background.start(
                        () -> {
                            boolean first = lock.tryLock(LIMIT);
                            go.put("gave up: " + !first);
                            return lock.tryLock(LATER) && lock.wasAbandoned();
                        });
        assertThat(go.take()).isEqualTo("gave up: true");
        StoppableServer.awaitAsked(owner.thread());
        server.goOn();

        assertThat(owner.get(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Sends a request as any thread of this process. */
    private Response call(Operation operation, long thread) {
        return call(operation, thread, 0);
    }

    private Response call(Operation operation, long thread, long signals) {
        return ((RemoteManager) manager)
                .client()
                .call(
                        Request.newBuilder()
                                .setOperation(operation)
                                .setKind(Kind.LOCK)
                                .setName("l")
                                .setKey(ByteString.copyFromUtf8("condition"))
                                .setThread(thread)
                                .setNumber(signals)
                                .setNanos(-1));
    }

    private Background<Response> awaitSignal(long thread, int waiting) {
        Response unused = call(Operation.ACQUIRE, thread);
        Background<Response> signalled = Background.start(() -> call(Operation.AWAIT, thread));
        server.awaitWaiting(waiting);
        return signalled;
    }

    @Test
    void shouldHandOnTheSignalOfAWaitThatWasGivenUp() throws Exception {
        Background<Response> givenUp = awaitSignal(1, 1);
        Background<Response> other = awaitSignal(2, 2);
        Response locked = call(Operation.ACQUIRE, 3);
        Response signalled = call(Operation.SIGNAL, 3, 1);
        Response unlocked = call(Operation.RELEASE, 3);
        server.awaitWaiting(1);
        Response again = call(Operation.ACQUIRE, 1); // as if the answer to the wait was lost
        Response released = call(Operation.RELEASE, 1);

        assertThat(other.get(20, TimeUnit.SECONDS).getNumber()).isGreaterThan(again.getNumber());
        assertThat(givenUp.get().getNumber()).isBetween(locked.getNumber(), again.getNumber());
        assertThat(signalled.getStatus()).isEqualTo(unlocked.getStatus());
        assertThat(released.getStatus()).isEqualTo(unlocked.getStatus());
    }
}
