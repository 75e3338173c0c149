package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.ManagerException;
import dev.procession.manager.client.PendingCall.State;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is sent, sent again, failed and withdrawn, while connections break at each point. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PendingCallsTest {

    private static final long MAX_BYTES = 1 << 20;
    private static final long ALL = Long.MAX_VALUE;
    private static final byte[] BODY = Request.newBuilder().setName("x").build().toByteArray();

    @TempDir private Path directory;
    private final List<SocketChannel> channels = new ArrayList<>();
    private int broken;
    private final PendingCalls calls =
            new PendingCalls(() -> new IllegalStateException("it is closed"), () -> broken++);
    private Selector selector;

    @BeforeEach
    void open() throws IOException {
        selector = Selector.open();
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
        for (SocketChannel each : channels) {
            each.close();
        }
    }

    /** Makes a connection whose peer never reads. */
    private ServerConnection connection(long session) throws IOException {
        Path socket = directory.resolve("s" + channels.size());
        try (ServerSocketChannel listening =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(socket));
            SocketChannel here = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            channels.add(here);
            channels.add(listening.accept());
            ServerConnection made = new ServerConnection(here, selector);
            made.opened(new ServerSession(1, session), MAX_BYTES);
            return made;
        }
    }

    private ServerConnection begin(long session) throws IOException {
        ServerConnection made = connection(session);
        assertThat(connect(made).isEmpty()).isTrue();
        return made;
    }

    /** Begins with a connection, and returns the calls that have failed. */
    private EndedCalls connect(ServerConnection made) {
        EndedCalls failed = new EndedCalls();
        calls.connected(made, PendingCallsTest::lost, failed);
        return failed;
    }

    private static RuntimeException lost() {
        return new ManagerException("lost", null);
    }

    private SyncCall add() {
        SyncCall call = new SyncCall(BODY, true);
        boolean unused = calls.add(call);
        return call;
    }

    /** Takes what is to be written, as the requests' kinds and numbers. */
    private List<String> toWrite(ServerConnection to) throws IOException {
        List<String> frames = new ArrayList<>();
        ByteBuffer all = ByteBuffer.allocate(1 << 16);
        for (ByteBuffer next = calls.nextToWrite(to, null);
                next != null;
                next = calls.nextToWrite(to, next)) {
            all.put(next);
        }
        all.flip();
        while (all.hasRemaining()) {
            int bytes = (int) all.getLong();
            assertThat(all.get()).isEqualTo(FrameKind.REQUEST.number());
            Request request = Request.parseFrom(all.slice().limit(bytes));
            all.position(all.position() + bytes);
            frames.add(name(request) + "/" + request.getReceived());
        }
        return frames;
    }

    static String name(Request request) {
        StreamRequest stream = request.getStream();
        return switch (stream.getBodyCase()) {
            case CANCEL -> "cancel " + stream.getCancel().getSeq();
            case WITHDRAW -> "withdraw " + stream.getWithdraw().getSeq();
            case ONLY_RECEIVED -> "received";
            case GOODBYE -> "goodbye";
            case BODY_NOT_SET -> String.valueOf(request.getSeq());
        };
    }

    @Nested
    class InTheSameSession {

        @Test
        void shouldSendAgainWhatHasNoAnswerInOrder() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            SyncCall two = add();
            SyncCall three = add();
            assertThat(toWrite(first)).containsExactly("1/0", "2/0", "3/0");
            assertThat(calls.answered(2, Status.OK, 10)).isSameAs(two);
            calls.disconnected(first, ALL);

            ServerConnection second = begin(1);

            assertThat(toWrite(second)).containsExactly("1/1", "3/1");
            assertThat(calls.answers()).isEqualTo(1);
            assertThat(one.state).isEqualTo(State.OPEN);
            assertThat(three.state).isEqualTo(State.OPEN);
        }

        @Test
        void shouldWithdrawAgainBeforeAllRequestsAndBeforeTheGrantIsConfirmed() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            SyncCall two = add();
            assertThat(toWrite(first)).hasSize(2);
            assertThat(calls.giveUp(two)).isTrue();
            assertThat(toWrite(first)).containsExactly("withdraw 2/0");
            assertThat(calls.answered(2, Status.OK, 10)).isNull(); // the grant was on the way
            calls.disconnected(first, ALL);

            ServerConnection second = begin(1);

            assertThat(calls.answers()).isEqualTo(1);
            assertThat(toWrite(second)).containsExactly("withdraw 2/0", "1/0");
            assertThat(calls.answered(2, Status.WITHDRAWN, 10)).isNull();
            assertThat(two.state).isEqualTo(State.ENDED);
            assertThat(one.state).isEqualTo(State.OPEN);
            SyncCall three = add();
            assertThat(toWrite(second)).containsExactly("3/2");
            assertThat(three.state).isEqualTo(State.OPEN);
        }

        @Test
        void shouldConfirmOnlyWhatCameBeforeAGrantThatIsNotWithdrawnYet() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            SyncCall two = add();
            SyncCall three = add();
            assertThat(toWrite(first)).hasSize(3);
            assertThat(calls.answered(1, Status.OK, 10)).isSameAs(one);
            assertThat(calls.giveUp(two)).isTrue();
            assertThat(calls.answered(2, Status.OK, 1 << 20)).isNull();
            assertThat(calls.answered(3, Status.OK, 10)).isSameAs(three);

            assertThat(toWrite(first)).containsExactly("received/1", "withdraw 2/1");
            assertThat(calls.answered(2, Status.WITHDRAWN, 10)).isNull();
            SyncCall four = add();
            assertThat(toWrite(first)).containsExactly("4/4");
            assertThat(four.state).isEqualTo(State.OPEN);
        }

        @Test
        void shouldCancelAgainBehindTheRequest() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            calls.cancel(one);
            calls.cancel(one);
            assertThat(toWrite(first)).containsExactly("1/0", "cancel 1/0");
            calls.disconnected(first, 0);

            ServerConnection second = begin(1);

            assertThat(toWrite(second)).containsExactly("1/0", "cancel 1/0");
        }

        @Test
        void shouldWithdrawWhatFailedHereAndMayHaveBeenWritten() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            assertThat(toWrite(first)).hasSize(1);
            EndedCalls failed = calls.failUpTo(calls.lastSeq(), PendingCallsTest::lost, false);
            assertThat(failed.poll()).isSameAs(one);
            calls.disconnected(first, ALL);

            assertThat(toWrite(begin(1))).containsExactly("withdraw 1/0");
        }

        @Test
        void shouldForgetWhatFailedHereAndWasNotWritten() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            EndedCalls failed = calls.failUpTo(calls.lastSeq(), PendingCallsTest::lost, false);
            assertThat(failed.poll()).isSameAs(one);
            calls.disconnected(first, 0);

            assertThat(calls.isEmpty()).isTrue();
            assertThat(toWrite(begin(1))).isEmpty();
        }

        @Test
        void shouldEndTheCallOnceWhenItIsGivenUpWhileItsAnswerComes() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            assertThat(toWrite(first)).hasSize(1);
            assertThat(calls.answered(1, Status.OK, 10)).isSameAs(one);

            assertThat(calls.giveUp(one)).isFalse();
            assertThat(toWrite(first)).isEmpty();
        }
    }

    @Nested
    class InAnotherSession {

        @Test
        void shouldFailOnlyCallsOfWhichAByteWasWritten() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            SyncCall two = add();
            assertThat(toWrite(first)).hasSize(2);
            long onlyTheFirst = two.position;
            calls.disconnected(first, onlyTheFirst);

            ServerConnection second = connection(2);
            EndedCalls failed = connect(second);

            assertThat(failed.poll()).isSameAs(one);
            assertThat(failed.poll()).isNull();
            assertThatThrownBy(one::result).hasMessage("lost");
            assertThat(toWrite(second)).containsExactly("2/0");
        }

        @Test
        void shouldRememberThatAnEarlierServerMayHaveHadACall() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            assertThat(toWrite(first)).hasSize(1);
            calls.disconnected(first, 1);
            ServerConnection second = begin(1);
            calls.disconnected(second, 0); // before anything of it was written again

            EndedCalls failed = connect(connection(2));

            assertThat(failed.poll()).isSameAs(one);
        }

        @Test
        void shouldForgetWithdrawalsAndCountAnswersFromTheBeginning() throws IOException {
            ServerConnection first = begin(1);
            SyncCall one = add();
            SyncCall two = add();
            assertThat(toWrite(first)).hasSize(2);
            assertThat(calls.answered(1, Status.OK, 10)).isSameAs(one);
            assertThat(calls.giveUp(two)).isTrue();
            calls.disconnected(first, ALL);

            ServerConnection second = begin(2);

            assertThat(toWrite(second)).isEmpty();
            assertThat(calls.answers()).isZero();
            assertThat(calls.isEmpty()).isTrue();
        }
    }

    @Nested
    class WithoutAConnection {

        @Test
        void shouldEndACallAtOnceThatNoServerMayHaveHad() throws IOException {
            SyncCall one = add();
            assertThat(calls.giveUp(one)).isTrue();

            assertThat(toWrite(begin(1))).isEmpty();
            assertThat(calls.isEmpty()).isTrue();
        }

        @Test
        void shouldWithdrawWhatFailedWhileTheServerLives() throws IOException {
            ServerConnection first = begin(1);
            SyncCall sent = add();
            assertThat(toWrite(first)).hasSize(1);
            calls.disconnected(first, 1);
            SyncCall unsent = add();

            EndedCalls failed = calls.failUpTo(calls.lastSeq(), PendingCallsTest::lost, false);

            assertThat(failed.poll()).isSameAs(sent);
            assertThat(failed.poll()).isSameAs(unsent);
            assertThat(toWrite(begin(1))).containsExactly("withdraw 1/0");
        }

        @Test
        void shouldNotFailWhatCameAfterTheReason() throws IOException {
            SyncCall before = add();
            long last = calls.lastSeq();
            SyncCall after = add();

            EndedCalls failed = calls.failUpTo(last, PendingCallsTest::lost, true);

            assertThat(failed.poll()).isSameAs(before);
            assertThat(failed.poll()).isNull();
            assertThat(toWrite(begin(1))).hasSize(1);
            assertThat(after.isDone()).isFalse();
        }

        @Test
        void shouldWithdrawNothingFromADeadServer() throws IOException {
            ServerConnection first = begin(1);
            SyncCall sent = add();
            assertThat(toWrite(first)).hasSize(1);
            calls.disconnected(first, 1);

            assertThat(calls.failUpTo(calls.lastSeq(), PendingCallsTest::lost, true).poll())
                    .isSameAs(sent);
            assertThat(calls.isEmpty()).isTrue();
        }
    }

    @Test
    void shouldConfirmManyAnswersBeforeTheRequestsThatWait() throws IOException {
        ServerConnection first = begin(1);
        SyncCall one = add();
        assertThat(toWrite(first)).hasSize(1);
        SyncCall two = add();
        assertThat(calls.answered(1, Status.OK, 1 << 20)).isSameAs(one);

        assertThat(calls.hasUnwritten()).isTrue();
        assertThat(toWrite(first)).containsExactly("received/1", "2/0");
        assertThat(two.state).isEqualTo(State.OPEN);
    }

    @Test
    void shouldRefuseOnlyTheCallThatIsTooLarge() throws IOException {
        ServerConnection first = begin(1);
        SyncCall tooLarge = new SyncCall(new byte[(int) MAX_BYTES], true);
        assertThatThrownBy(() -> calls.add(tooLarge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=" + MAX_BYTES);
        SyncCall next = add();

        assertThat(toWrite(first)).containsExactly("2/0");
        assertThat(next.state).isEqualTo(State.OPEN);
    }

    @Test
    void shouldBoundTheCallsThatWereGivenUpAndNotConfirmed() throws IOException {
        ServerConnection first = begin(1);
        for (int i = 1; i <= CallWindow.CALLS; i++) {
            SyncCall call = new SyncCall(BODY, false);
            boolean unused = calls.add(call);
            assertThat(calls.giveUp(call)).isTrue();
        }
        SyncCall refused = new SyncCall(BODY, false);
        assertThatThrownBy(() -> calls.add(refused))
                .isInstanceOf(ManagerException.class)
                .hasMessageContaining("calls=" + CallWindow.CALLS);
        SyncCall prompt = add();
        assertThat(prompt.state).isEqualTo(State.OPEN);
        assertThat(first.isBroken()).isFalse();

        assertThat(calls.answered(1, Status.WITHDRAWN, 10)).isNull();
        boolean unused = calls.add(refused);
        assertThat(refused.state).isEqualTo(State.OPEN);
    }

    @Test
    void shouldWithdrawACallWhoseAnswerItHasNoMemoryFor() throws IOException {
        ServerConnection first = begin(1);
        SyncCall one = add();
        SyncCall two = add();
        assertThat(toWrite(first)).hasSize(2);
        assertThat(calls.unreadable(1, 1 << 20)).isSameAs(one);
        assertThat(calls.answered(2, Status.OK, 10)).isSameAs(two);

        assertThat(toWrite(first)).containsExactly("withdraw 1/0");
        assertThat(one.state).isEqualTo(State.ABANDONED);
        assertThat(calls.unreadable(1, 10)).as("the confirmation").isNull();
        assertThat(toWrite(first)).containsExactly("withdraw 1/0");
        assertThat(calls.answered(1, Status.WITHDRAWN, 10)).isNull();
        assertThat(one.state).isEqualTo(State.ENDED);
        SyncCall three = add();
        assertThat(toWrite(first)).containsExactly("3/4");
        assertThat(three.state).isEqualTo(State.OPEN);
    }

    @Test
    void shouldSayFarewellAndRefuseCallsAfterwards() throws IOException {
        ServerConnection first = begin(1);
        SyncCall one = add();
        assertThat(toWrite(first)).hasSize(1);

        assertThat(calls.close(PendingCallsTest::lost).poll()).isSameAs(one);
        calls.sayGoodbye();

        assertThat(toWrite(first)).containsExactly("goodbye/0");
        assertThat(calls.isEmpty()).isTrue();
        assertThatThrownBy(this::add).hasMessage("it is closed");
    }
}
