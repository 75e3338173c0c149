package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.core.ChildProcess;
import dev.procession.manager.proto.ConditionAwait;
import dev.procession.manager.proto.ConditionSignal;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRelease;
import dev.procession.manager.proto.LockRequest;
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
    private static final ByteString CONDITION = ByteString.copyFromUtf8("condition");

    @RegisterExtension final StoppableServer server = new StoppableServer();

    private Manager manager;

    @BeforeEach
    void start() {
        manager = server.manager();
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

    private Response call(Request.Builder request) {
        return ((RemoteManager) manager).client().call(request.setKind(Kind.LOCK).setName("l"));
    }

    /** Takes the lock as any thread of this process. */
    private Response acquire(long thread) {
        return call(
                Request.newBuilder()
                        .setLock(
                                LockRequest.newBuilder()
                                        .setAcquire(
                                                LockAcquire.newBuilder()
                                                        .setThread(thread)
                                                        .setWaitNanos(-1))));
    }

    private Response release(long thread) {
        return call(
                Request.newBuilder()
                        .setLock(
                                LockRequest.newBuilder()
                                        .setRelease(LockRelease.newBuilder().setThread(thread))));
    }

    private Response await(long thread) {
        return call(
                Request.newBuilder()
                        .setLock(
                                LockRequest.newBuilder()
                                        .setAwait(
                                                ConditionAwait.newBuilder()
                                                        .setThread(thread)
                                                        .setCondition(CONDITION)
                                                        .setWaitNanos(-1))));
    }

    private Response signal(long thread) {
        return call(
                Request.newBuilder()
                        .setLock(
                                LockRequest.newBuilder()
                                        .setSignal(
                                                ConditionSignal.newBuilder()
                                                        .setThread(thread)
                                                        .setCondition(CONDITION)
                                                        .setMaxWaiters(1))));
    }

    private Background<Response> awaitSignal(long thread, int waiting) {
        Response unused = acquire(thread);
        Background<Response> signalled = Background.start(() -> await(thread));
        server.awaitWaiting(waiting);
        return signalled;
    }

    @Test
    void shouldHandOnTheSignalOfAWaitThatWasGivenUp() throws Exception {
        Background<Response> givenUp = awaitSignal(1, 1);
        Background<Response> other = awaitSignal(2, 2);
        Response locked = acquire(3);
        Response signalled = signal(3);
        Response unlocked = release(3);
        server.awaitWaiting(1);
        Response again = acquire(1); // as if the answer to the wait was lost
        Response released = release(1);

        assertThat(other.get(20, TimeUnit.SECONDS).getToken()).isGreaterThan(again.getToken());
        assertThat(givenUp.get().getToken()).isBetween(locked.getToken(), again.getToken());
        assertThat(signalled.getStatus()).isEqualTo(unlocked.getStatus());
        assertThat(released.getStatus()).isEqualTo(unlocked.getStatus());
    }
}
