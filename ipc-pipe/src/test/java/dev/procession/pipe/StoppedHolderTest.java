package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.core.Codec;
import dev.procession.core.life.Session;
import dev.procession.core.link.UnixSockets;
import dev.procession.core.transfer.Transfers;
import dev.procession.testing.Background;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An end arrives whose other end is held by a stopped process. */
@SystemTest
@Timeout(60)
class StoppedHolderTest {

    private static final long SOON_SECONDS = 10;

    /**
     * Longer than the time in which an end without a bell checks for messages every millisecond.
     */
    private static final long SHORT_SLEEPS_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);

    /** Half of a sleep that nothing ends. */
    private static final long WAKE_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Pipe<Object> pipe = Pipe.open();
    private final Pipe<Object> carrier = Pipe.open();
    private ChildProcess<Void> child;
    private long member;

    @BeforeEach
    void stopTheHolder() throws Exception {
        Connection<Object> theirs = pipe.second();
        child = ChildProcess.start(() -> answer(theirs));
        member = (long) pipe.first().receive(); // so the child has attached
        Signal.STOP.sendTo(child.pid());
    }

    @AfterEach
    void end() throws Exception {
        child.kill();
        child.join();
        pipe.close();
        carrier.close();
    }

    /** Answers so slowly that the receiver sleeps and must be woken. */
    private static void answer(Connection<Object> end) throws Exception {
        end.send(Session.current().self());
        while (true) {
            Object request = end.receive();
            Thread.sleep(5);
            end.send(request);
        }
    }

    @SuppressWarnings("unchecked")
    private Connection<Object> receiveTheEnd() throws Exception {
        carrier.first().send(pipe.first());
        return (Connection<Object>)
                Background.start(() -> carrier.second().receive())
                        .get(SOON_SECONDS, TimeUnit.SECONDS);
    }

    private static void requireWakeUps(Connection<Object> end) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < SHORT_SLEEPS_NANOS) {
            requireAnswer(end);
        }
        long[] nanos = new long[21];
        for (int i = 0; i < nanos.length; i++) {
            long sent = System.nanoTime();
            requireAnswer(end);
            nanos[i] = System.nanoTime() - sent;
        }
        Arrays.sort(nanos);
        assertThat(nanos[nanos.length / 2]).isLessThan(WAKE_UP_NANOS);
    }

    private static void requireAnswer(Connection<Object> end) throws InterruptedException {
        end.send("request");
        assertThat(end.receive()).isEqualTo("request");
    }

    @Test
    void shouldArriveAndHaveABellWhenTheHolderContinues() throws Exception {
        Connection<Object> end;
        try {
            end = receiveTheEnd();
        } finally {
            Signal.CONT.sendTo(child.pid());
        }
        requireWakeUps(end);
        end.close();
    }

    @Test
    void shouldArriveAndHaveABellThoughTheHoldersBacklogWasFull() throws Exception {
        List<SocketChannel> backlog = new ArrayList<>();
        Connection<Object> end;
        try {
            SocketChannel stranger;
            while ((stranger = UnixSockets.connectNow(Session.current().socket(member))) != null) {
                backlog.add(stranger);
            }
            assertThat(backlog).isNotEmpty();
            end = receiveTheEnd();
        } finally {
            for (SocketChannel each : backlog) {
                each.close();
            }
            Signal.CONT.sendTo(child.pid());
        }
        requireWakeUps(end);
        end.close();
    }

    /** The watcher fails the test if the bell's descriptor stays open. */
    @Test
    void shouldGiveTheBellUpWhenTheEndIsClosed() throws Exception {
        try {
            receiveTheEnd().close();
        } finally {
            Signal.CONT.sendTo(child.pid());
        }
    }

    @Test
    void shouldArriveInAnInterruptedThreadWhoseFlagStaysSet() throws Exception {
        byte[] bytes = Transfers.encode(Codec.standard(), pipe.first());
        Background<Boolean> interrupted =
                Background.start(
                        () -> {
                            Thread.currentThread().interrupt();
                            Connection<?> end =
                                    (Connection<?>) Codec.standard().decode(ByteBuffer.wrap(bytes));
                            end.close();
                            return Thread.interrupted();
                        });
        try {
            assertThat(interrupted.get(SOON_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            Signal.CONT.sendTo(child.pid());
        }
    }
}
