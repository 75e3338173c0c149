package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LeaseTake;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SemaphoreAcquire;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.proto.Stats;
import dev.procession.manager.proto.Status;
import dev.procession.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each kind of grant, in each state of its request (it waits, was answered, was read and
 * confirmed), meets a cut connection, a repetition, a cancellation, a withdrawal and the end of the
 * session.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("LockNotBeforeTry") // the test needs a lock that stays locked
class OnceOnlyServerTest {

    private static final byte[] SECRET = {1, 2, 3};
    private static final String NAME = "o";

    @TempDir private Path directory;
    private Manager observer;
    private ScriptedClient client;

    /** What a request may get. */
    private enum Grant {
        LOCK {
            @Override
            Request.Builder request() {
                return Request.newBuilder()
                        .setKind(Kind.LOCK)
                        .setLock(
                                LockRequest.newBuilder()
                                        .setAcquire(
                                                LockAcquire.newBuilder()
                                                        .setThread(1)
                                                        .setWaitNanos(-1)));
            }

            @Override
            void withhold(Manager observer) {
                observer.lock(NAME).lock();
            }

            @Override
            void allow(Manager observer) {
                observer.lock(NAME).unlock();
            }

            @Override
            boolean isTaken(Manager observer) {
                return observer.lock(NAME).isLocked();
            }
        },
        PERMIT {
            @Override
            Request.Builder request() {
                return Request.newBuilder()
                        .setKind(Kind.SEMAPHORE)
                        .setSemaphorePermits(1)
                        .setSemaphore(
                                SemaphoreRequest.newBuilder()
                                        .setAcquire(
                                                SemaphoreAcquire.newBuilder()
                                                        .setPermits(1)
                                                        .setWaitNanos(-1)));
            }

            @Override
            void withhold(Manager observer) throws InterruptedException {
                observer.semaphore(NAME, 1).acquire();
            }

            @Override
            void allow(Manager observer) {
                observer.semaphore(NAME, 1).release();
            }

            @Override
            boolean isTaken(Manager observer) {
                return observer.semaphore(NAME, 1).availablePermits() == 0;
            }
        },
        ELEMENT {
            @Override
            Request.Builder request() {
                return ofQueue(
                        QueueRequest.newBuilder().setPoll(QueuePoll.newBuilder().setWaitNanos(-1)));
            }

            @Override
            boolean staysWithTheDead() {
                return true;
            }
        },
        LEASE {
            @Override
            Request.Builder request() {
                return ofQueue(
                        QueueRequest.newBuilder()
                                .setLeaseTake(LeaseTake.newBuilder().setWaitNanos(-1)));
            }
        },
        PLACE {
            @Override
            Request.Builder request() {
                return ofQueue(
                        QueueRequest.newBuilder()
                                .setOffer(
                                        QueueOffer.newBuilder()
                                                .setValue(ByteString.copyFromUtf8("mine"))
                                                .setWaitNanos(-1)));
            }

            @Override
            void withhold(Manager observer) throws InterruptedException {
                observer.queue(NAME, 1).put("other");
            }

            @Override
            void allow(Manager observer) {
                assertThat(observer.queue(NAME, 1).poll()).isEqualTo("other");
            }

            @Override
            boolean isTaken(Manager observer) {
                return observer.queue(NAME, 1).size() == 1;
            }

            @Override
            boolean staysWithTheDead() {
                return true;
            }
        };

        private static Request.Builder ofQueue(QueueRequest.Builder request) {
            return Request.newBuilder().setKind(Kind.QUEUE).setQueueCapacity(1).setQueue(request);
        }

        abstract Request.Builder request();

        /** Makes the request wait. */
        void withhold(Manager observer) throws InterruptedException {
            assertThat(observer.queue(NAME, 1)).isEmpty();
        }

        /** Lets the request have what it waits for. */
        void allow(Manager observer) {
            assertThat(observer.queue(NAME, 1).offer("element")).isTrue();
        }

        /** Whether there is nothing left for another request. */
        boolean isTaken(Manager observer) {
            return observer.queue(NAME, 1).isEmpty();
        }

        /** Whether the grant is a change that is done, and nothing that is held. */
        boolean staysWithTheDead() {
            return false;
        }
    }

    @BeforeEach
    void start() throws IOException {
        observer = Manager.builder().address(directory.resolve("m"), SECRET).embedded();
        client = new ScriptedClient(directory.resolve("m"), SECRET);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        observer.close();
    }

    private void ask(Grant grant, long seq, long received) throws IOException {
        client.send(grant.request().setName(NAME).setSeq(seq), received);
    }

    private void awaitWaiting(int requests) {
        Await.until(() -> observer.stats().waitingRequests() == requests, "requests wait");
    }

    /** Has a request that waits. */
    private void park(Grant grant) throws Exception {
        grant.withhold(observer);
        ask(grant, 1, 0);
        awaitWaiting(1);
    }

    /** Has a request that was granted. */
    private void grant(Grant grant) throws Exception {
        park(grant);
        grant.allow(observer);
        assertThat(grant.isTaken(observer)).isTrue();
    }

    private void requireAnswer(long seq, Status status) throws IOException {
        Response answer = client.answer();
        assertThat(answer.getSeq()).isEqualTo(seq);
        assertThat(answer.getStatus()).isEqualTo(status);
    }

    /** Requires that no answer is on its way, and that the session is as it was. */
    private void requireNoOtherAnswer(long seq, long received) throws IOException {
        client.send(
                Request.newBuilder().setSeq(seq).setStats(Stats.getDefaultInstance()), received);
        requireAnswer(seq, Status.OK);
        assertThat(observer.stats().waitingRequests()).isZero();
        assertThat(observer.stats().failures()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGrantOnceToARequestThatIsRepeatedWhileItWaits(Grant grant) throws Exception {
        park(grant);
        client.cut(0);
        ask(grant, 1, 0);
        client.cut(0);
        ask(grant, 1, 0);
        awaitWaiting(1);
        grant.allow(observer);
        requireAnswer(1, Status.OK);
        assertThat(grant.isTaken(observer)).isTrue();
        requireNoOtherAnswer(2, 1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRepeatTheAnswerThatWasNotRead(Grant grant) throws Exception {
        grant(grant);
        client.cut(0);
        ask(grant, 1, 0);
        requireAnswer(1, Status.OK);
        client.cut(0);
        requireAnswer(1, Status.OK);
        client.cut(1); // it was read, and is not confirmed
        ask(grant, 1, 1);
        requireNoOtherAnswer(2, 1);
        assertThat(grant.isTaken(observer)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldIgnoreTheRepetitionOfAConfirmedRequest(Grant grant) throws Exception {
        grant(grant);
        requireAnswer(1, Status.OK);
        requireNoOtherAnswer(2, 1);
        client.cut(2);
        ask(grant, 1, 2);
        requireNoOtherAnswer(3, 2);
        assertThat(grant.isTaken(observer)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGrantNothingToACancelledWait(Grant grant) throws Exception {
        park(grant);
        client.cancel(1);
        requireAnswer(1, Status.CANCELLED);
        client.cut(0);
        ask(grant, 1, 0);
        client.cancel(1);
        requireAnswer(1, Status.CANCELLED);
        grant.allow(observer);
        assertThat(grant.isTaken(observer)).isFalse();
        requireNoOtherAnswer(2, 1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCancelNothingThatIsGranted(Grant grant) throws Exception {
        grant(grant);
        client.cancel(1);
        requireAnswer(1, Status.OK);
        requireNoOtherAnswer(2, 1);
        assertThat(grant.isTaken(observer)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGrantNothingToAWithdrawnWait(Grant grant) throws Exception {
        park(grant);
        client.withdraw(1);
        requireAnswer(1, Status.WITHDRAWN);
        client.cut(0);
        requireAnswer(1, Status.WITHDRAWN);
        client.withdraw(1);
        requireAnswer(1, Status.WITHDRAWN);
        grant.allow(observer);
        assertThat(grant.isTaken(observer)).isFalse();
        requireNoOtherAnswer(2, 2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAnUnconfirmedGrantBack(Grant grant) throws Exception {
        grant(grant);
        client.withdraw(1);
        requireAnswer(1, Status.OK);
        requireAnswer(1, Status.WITHDRAWN);
        assertThat(grant.isTaken(observer)).isFalse();
        requireNoOtherAnswer(2, 2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAnUnconfirmedGrantBackAfterACut(Grant grant) throws Exception {
        grant(grant);
        client.cut(0);
        client.withdraw(1);
        requireAnswer(1, Status.OK);
        requireAnswer(1, Status.WITHDRAWN);
        client.cut(1);
        client.withdraw(1); // the first confirmation of it was lost
        requireAnswer(1, Status.WITHDRAWN);
        requireAnswer(1, Status.WITHDRAWN);
        assertThat(grant.isTaken(observer)).isFalse();
        requireNoOtherAnswer(2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeNoConfirmedGrantBack(Grant grant) throws Exception {
        grant(grant);
        requireAnswer(1, Status.OK);
        requireNoOtherAnswer(2, 1);
        client.withdraw(1);
        requireAnswer(1, Status.WITHDRAWN);
        assertThat(grant.isTaken(observer)).isTrue();
        requireNoOtherAnswer(3, 3);
    }

    @ParameterizedTest
    @EnumSource
    void shouldForgetTheWaitOfAnEndedSession(Grant grant) throws Exception {
        park(grant);
        long before = client.session();
        client.sayGoodbye();
        awaitWaiting(0);
        grant.allow(observer);
        assertThat(grant.isTaken(observer)).isFalse();
        client.cut(0);
        assertThat(client.session()).isGreaterThan(before);
        requireNoOtherAnswer(2, 0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseWhatAnEndedSessionHeld(Grant grant) throws Exception {
        grant(grant);
        client.sayGoodbye();
        Await.until(
                () -> grant.isTaken(observer) == grant.staysWithTheDead(),
                "only what is done stays");
        client.cut(1);
        requireNoOtherAnswer(2, 0); // and the answers of that session are not repeated
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseWhatADeadClientHeld(Grant grant) throws Exception {
        grant(grant);
        requireAnswer(1, Status.OK);
        client.close();
        Await.until(
                () -> grant.isTaken(observer) == grant.staysWithTheDead(),
                "only what is done stays");
    }
}
