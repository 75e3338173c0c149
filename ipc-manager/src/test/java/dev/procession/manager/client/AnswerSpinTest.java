package dev.procession.manager.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnswerSpinTest {

    private static final int LARGE_BYTES = 8 << 20;

    @TempDir private Path directory;
    private SocketChannel here;
    private SocketChannel there;
    private AnswerSpin spin;
    private long now;
    private int ticksUntilAnswer;

    @BeforeEach
    void connect() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (ServerSocketChannel listening =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(address);
            here = SocketChannel.open(address);
            there = listening.accept();
        }
        spin = new AnswerSpin(here, this::tick);
        // A caller of an earlier test may still hold the only place of a small machine.
        Await.until(
                () -> AnswerSpin.PLACES == 0 || takeAndReleasePlace(), "there is a place to poll");
    }

    private static boolean takeAndReleasePlace() {
        boolean taken = AnswerSpin.takePlace();
        if (taken) {
            AnswerSpin.leavePlace();
        }
        return taken;
    }

    @AfterEach
    void disconnect() throws IOException {
        here.close();
        there.close();
    }

    @Test
    void shouldReadAnAvailableAnswerWithoutBlocking() throws IOException {
        assumeTrue(AnswerSpin.PLACES > 0, "never on one processor");
        readOneThatIsThere();

        assertFalse(here.isBlocking());
    }

    @Test
    void shouldBlockForALateAnswer() throws IOException {
        assumeTrue(AnswerSpin.PLACES > 0, "never on one processor");
        readOneThatComesLate();

        assertTrue(here.isBlocking());
    }

    @Test
    void shouldPollAgainSomeTimeAfterPollingInVain() throws IOException {
        assumeTrue(AnswerSpin.PLACES > 0, "never on one processor");
        for (int i = 0; i < AnswerSpin.MISSES_TO_REST; i++) {
            readOneThatComesLate();
        }
        for (int i = 1; i < AnswerSpin.RESTS; i++) {
            readOneThatIsThere();
            assertTrue(here.isBlocking(), "the spin polls too early: wait=" + i);
        }
        for (int i = 0; i < AnswerSpin.RESTS; i++) {
            readOneThatIsThere();
            assertFalse(here.isBlocking(), "the spin does not poll again: wait=" + i);
        }
    }

    @Test
    void shouldFindTheEnd() throws IOException {
        there.close();

        assertEquals(-1, spin.read(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldWriteAllToAPeerThatReadsLate() throws Exception {
        assumeTrue(AnswerSpin.PLACES > 0, "never on one processor");
        readOneThatIsThere(); // the channel does not block from now on
        byte[] sent = new byte[LARGE_BYTES];
        new Random(1).nextBytes(sent);
        Background<Boolean> writing =
                Background.start(
                        () -> {
                            spin.write(ByteBuffer.wrap(sent));
                            return true;
                        });
        Await.until(here::isBlocking, "the writer blocks");
        ByteBuffer received = ByteBuffer.allocate(LARGE_BYTES);
        while (received.hasRemaining() && there.read(received) >= 0) {
            // The rest follows.
        }

        assertTrue(writing.get());
        assertArrayEquals(sent, received.array());
    }

    @Test
    void shouldEndTheWaitOfAnInterruptedCaller() throws Exception {
        readOneThatIsThere(); // the channel does not block from now on, where polling is allowed
        Background<Integer> reading = Background.start(() -> spin.read(ByteBuffer.allocate(1)));
        Await.until(here::isBlocking, "the reader blocks");
        reading.awaitBlocked();
        reading.thread().interrupt();

        ExecutionException failure = assertThrows(ExecutionException.class, reading::get);
        assertInstanceOf(ClosedByInterruptException.class, failure.getCause());
    }

    private void readOneThatIsThere() throws IOException {
        there.write(ByteBuffer.wrap(new byte[] {5}));
        ByteBuffer in = ByteBuffer.allocate(1);

        assertEquals(1, spin.read(in));
        assertEquals(5, in.get(0));
    }

    /** The answer comes after the time of polling, and before the caller blocks. */
    private void readOneThatComesLate() throws IOException {
        ticksUntilAnswer = 2;
        ByteBuffer in = ByteBuffer.allocate(1);

        assertEquals(1, spin.read(in));
        assertEquals(6, in.get(0));
        assertEquals(0, ticksUntilAnswer, "the spin did not poll");
    }

    /** Each poll ends after its first turn. */
    private long tick() {
        if (ticksUntilAnswer > 0 && --ticksUntilAnswer == 0) {
            try {
                there.write(ByteBuffer.wrap(new byte[] {6}));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        now += AnswerSpin.SPIN_NANOS;
        return now;
    }
}
