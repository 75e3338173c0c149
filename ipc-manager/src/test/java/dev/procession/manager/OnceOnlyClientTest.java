package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.ScriptedServer.Connection;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a client sends again, and what it takes for carried out, when a call that waits or was
 * answered meets a broken connection, a refusal, an interrupt, or another session.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OnceOnlyClientTest extends WithScriptedServer {

    private static final long FIRST = 1;
    private static final long SECOND = 2;

    private static Request.Builder acquiring() {
        return Request.newBuilder()
                .setKind(Kind.LOCK)
                .setName("l")
                .setLock(
                        LockRequest.newBuilder()
                                .setAcquire(LockAcquire.newBuilder().setWaitNanos(-1)));
    }

    /** Begins a call that waits in the server; its future returns the status of the answer. */
    private CompletableFuture<Status> begin() {
        return manager.client().callAsync(acquiring(), Response::getStatus);
    }

    private static void requireFailure(
            CompletableFuture<?> call, Class<? extends Throwable> failure, String message) {
        assertThatThrownBy(call::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(failure)
                .hasMessageContaining(message);
    }

    private static Status after(CompletableFuture<Status> call) throws Exception {
        return call.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Nested
    class AfterACut {

        @Test
        void shouldSendAWaitingRequestAgainWithItsNumber() throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.close();

            Connection second = server.accept(1, FIRST);

            assertThat(second.session()).isEqualTo(FIRST);
            assertThat(second.answers()).isZero();
            assertThat(second.readShort()).isEqualTo("1");
            second.answer(1, Status.OK);
            assertThat(after(call)).isEqualTo(Status.OK);
        }

        @Test
        void shouldTakeAnAnswerThatItCouldNotRead() throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.close(); // the answer was on its way

            Connection second = server.accept(1, FIRST);
            assertThat(second.answers()).isZero();
            second.answer(1, Status.OK); // kept by the server

            assertThat(after(call)).isEqualTo(Status.OK);
            CompletableFuture<Status> next = begin();
            assertThat(second.readShort()).as("ignored by the server").isEqualTo("1");
            Request later = second.read();
            assertThat(later.getSeq()).isEqualTo(2);
            assertThat(later.getReceived()).isEqualTo(1);
            second.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
        }

        @Test
        void shouldReadAnAnswerThatCameBeforeTheEndOfTheConnection() throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.answer(1, Status.OK);
            first.close();
            assertThat(after(call)).isEqualTo(Status.OK);

            CompletableFuture<Status> next = begin();
            Connection second = server.accept(1, FIRST);

            assertThat(second.answers()).isEqualTo(1);
            assertThat(second.readShort()).isEqualTo("2");
            second.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
        }

        @Test
        void shouldAskAgainToStopWaiting() throws Exception {
            SharedLock lock = manager.lock("l");
            Background<Void> call =
                    Background.start(
                            () -> {
                                lock.lockInterruptibly();
                                return null;
                            });
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            call.thread().interrupt();
            assertThat(first.readShort()).isEqualTo("cancel 1");
            first.close();

            Connection second = server.accept(1, FIRST);

            assertThat(second.readShort()).isEqualTo("1");
            assertThat(second.readShort()).isEqualTo("cancel 1");
            second.answer(1, Status.CANCELLED);
            assertThatThrownBy(call::get).hasCauseInstanceOf(InterruptedException.class);
        }

        @Test
        void shouldWithdrawAgainAndConfirmNoGrantBefore() throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            assertThat(call.cancel(true)).isTrue();
            assertThat(first.readShort()).isEqualTo("withdraw 1");
            first.answer(1, Status.OK); // granted before the withdrawal came
            first.close(); // and the withdrawal is lost

            Connection second = server.accept(1, FIRST);

            assertThat(second.answers()).isEqualTo(1);
            Request again = second.read();
            assertThat(again.getStream().getWithdraw().getSeq()).isEqualTo(1);
            assertThat(again.getReceived()).as("the grant can be taken back").isZero();
            second.answer(1, Status.WITHDRAWN);
            CompletableFuture<Status> next = begin();
            second.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
        }
    }

    @Nested
    class AWatchAfterACut {

        private final AtomicInteger missed = new AtomicInteger();

        private Connection watch() throws Exception {
            Background<SharedDict.Watch> watching =
                    Background.start(
                            () -> manager.<String, String>dict("d").watch(new Missing(missed)));
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.answer(1, Status.OK);
            SharedDict.Watch unused = watching.get();
            return first;
        }

        @Test
        void shouldReportWhatWasOnTheWay() throws Exception {
            watch().close();

            Connection second = server.accept(1, FIRST); // the watch stands in this session

            Await.until(() -> missed.get() == 1, "the listener reads the dict");
            CompletableFuture<Status> next = begin();
            assertThat(second.readShort()).as("no watch begins").isEqualTo("2");
            second.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
            assertThat(missed).hasValue(1);
        }

        @Test
        void shouldReportAfterTheWatchStandsInAnotherSession() throws Exception {
            watch().close();

            Connection second = server.accept(1, SECOND);

            assertThat(second.read().getDict().hasWatchBegin()).isTrue();
            // Who waits has the call written; otherwise it goes with the answer before it.
            Background<Status> next = Background.start(() -> after(begin()));
            assertThat(second.readShort()).isEqualTo("3");
            second.answer(3, Status.OK);
            assertThat(next.get()).isEqualTo(Status.OK);
            assertThat(missed).as("before the watch stands").hasValue(0);
            second.answer(2, Status.OK);
            Await.until(() -> missed.get() == 1, "the listener reads the dict");
        }
    }

    @Nested
    class AfterARefusal {

        @Test
        void shouldFailTheCallAndWithdrawItLater() throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.close();

            server.accept().refuse();

            requireFailure(call, ManagerException.class, "refused");
            Connection third = server.accept(1, FIRST);
            assertThat(third.readShort()).isEqualTo("withdraw 1");
            third.answer(1, Status.OK); // the server had granted it
            third.answer(1, Status.WITHDRAWN);
            CompletableFuture<Status> next = begin();
            Request request = third.read();
            assertThat(request.getSeq()).isEqualTo(2);
            third.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
        }

        @Test
        void shouldForgetACallThatNoServerHad() throws Exception {
            CompletableFuture<Status> call = begin();
            server.accept().refuse();
            requireFailure(call, ManagerException.class, "refused");

            CompletableFuture<Status> next = begin();
            Connection second = server.accept(1, FIRST);

            assertThat(second.readShort()).isEqualTo("2");
            second.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
        }

        @Test
        void shouldBeginAWatchInItsNewSessionAllTheSame() throws Exception {
            AtomicInteger missed = new AtomicInteger();
            Background<SharedDict.Watch> watching =
                    Background.start(
                            () -> manager.<String, String>dict("d").watch(new Missing(missed)));
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.answer(1, Status.OK);
            SharedDict.Watch watch = watching.get();
            first.close();
            Connection second = server.accept(1, SECOND);
            assertThat(second.readShort()).isEqualTo("2");
            second.close();
            server.accept().refuse();

            Connection fourth = server.accept(1, SECOND);

            assertThat(fourth.readShort()).isEqualTo("withdraw 2");
            Request begin = fourth.read();
            assertThat(begin.getDict().hasWatchBegin()).isTrue();
            assertThat(missed).as("before the watch stands").hasValue(0);
            fourth.answer(2, Status.WITHDRAWN);
            fourth.answer(begin.getSeq(), Status.OK);
            Await.until(() -> missed.get() == 1, "the listener reads the dict");
            Background<Void> ending =
                    Background.start(
                            () -> {
                                watch.close();
                                return null;
                            });
            fourth.answer(fourth.read().getSeq(), Status.OK);
            Void unused = ending.get();
        }
    }

    /** Counts what it missed. */
    private record Missing(AtomicInteger times) implements DictListener<String, String> {
        @Override
        public void put(String key, String value) {
            // Nothing is put.
        }

        @Override
        public void missed() {
            int unused = times.incrementAndGet();
        }
    }

    @Nested
    class InAnotherSession {

        private void requireNoRepetition(long incarnation, String message) throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.close();
            CompletableFuture<Status> unsent = begin();

            Connection second = server.accept(incarnation, SECOND);

            requireFailure(call, ManagerUnavailableException.class, message);
            assertThat(second.readShort()).isEqualTo("2");
            second.answer(2, Status.OK);
            assertThat(after(unsent)).isEqualTo(Status.OK);
        }

        @Test
        void shouldRepeatNothingToTheNextServer() throws Exception {
            requireNoRepetition(2, "another has taken its place");
        }

        @Test
        void shouldRepeatNothingToAServerThatEndedTheSession() throws Exception {
            requireNoRepetition(1, "has ended this client's session");
        }

        @Test
        void shouldWithdrawNothingThere() throws Exception {
            CompletableFuture<Status> call = begin();
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            assertThat(call.cancel(true)).isTrue();
            assertThat(first.readShort()).isEqualTo("withdraw 1");
            first.answer(1, Status.OK);
            first.close();
            CompletableFuture<Status> next = begin();

            Connection second = server.accept(2, SECOND);

            Request only = second.read();
            assertThat(only.getSeq()).isEqualTo(2);
            assertThat(only.getReceived()).isZero();
            second.answer(2, Status.OK);
            assertThat(after(next)).isEqualTo(Status.OK);
        }

        @Test
        void shouldHoldNoLockOfTheSessionBefore() throws Exception {
            SharedLock lock = manager.lock("l");
            Background<Boolean> owner =
                    Background.start(
                            () -> {
                                lock.lock();
                                boolean held = lock.isHeldByCurrentThread();
                                int unused = manager.dict("d").size();
                                return held && !lock.isHeldByCurrentThread();
                            });
            Connection first = server.accept(1, FIRST);
            assertThat(first.readShort()).isEqualTo("1");
            first.answer(Response.newBuilder().setSeq(1).setToken(7).build());
            assertThat(first.readShort()).isEqualTo("2");
            first.close();

            Connection second = server.accept(1, SECOND);

            assertThatThrownBy(owner::get)
                    .hasCauseInstanceOf(ManagerUnavailableException.class)
                    .hasMessageContaining("has ended this client's session");
            assertThat(second.session()).isEqualTo(FIRST);
            assertThat(lock.isHeldByCurrentThread()).isFalse();
        }
    }

    @Test
    void shouldGoOnAfterAnAnswerThatIsNoMessage() throws Exception {
        CompletableFuture<Status> call = begin();
        Connection first = server.accept(1, FIRST);
        assertThat(first.readShort()).isEqualTo("1");

        first.answerWith(new byte[] {8, 1, 127});

        requireFailure(call, ManagerException.class, "protocol error");
        CompletableFuture<Status> next = begin();
        Connection second = server.accept(1, SECOND);
        assertThat(second.readShort()).isEqualTo("2");
        second.answer(2, Status.OK);
        assertThat(after(next)).isEqualTo(Status.OK);
    }

    @Test
    void shouldEndATimedCallWhileItsDialIsNotAnswered() throws Exception {
        SharedLock lock = manager.lock("l");
        Background<Boolean> trying = Background.start(() -> lock.tryLock(Duration.ofMillis(20)));
        Connection silent = server.accept();

        assertThat(trying.get()).isFalse();

        silent.close();
        CompletableFuture<Status> next = begin();
        Connection second = server.accept(1, FIRST);
        assertThat(second.readShort()).as("the call that ended is not sent").isEqualTo("2");
        second.answer(2, Status.OK);
        assertThat(after(next)).isEqualTo(Status.OK);
    }
}
