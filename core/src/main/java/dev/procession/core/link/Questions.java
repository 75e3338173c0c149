package dev.procession.core.link;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Asks a member of any session of this user; the asking process need not be a member of it. One
 * thread uses it at a time. A process that is stopped, or does not answer in time, fails the call
 * with an {@link IOException}; the link is of no use then.
 */
public final class Questions implements AutoCloseable {

    private static final long CONNECT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final SocketChannel channel;
    private final Selector selector;
    private final long timeoutNanos;
    private final FrameReader reader = new FrameReader(FrameType.ANSWER.maxBytes());

    private Questions(SocketChannel channel, Selector selector, long timeoutNanos) {
        this.channel = channel;
        this.selector = selector;
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * Connects to a member.
     *
     * @param home the session's directory
     * @param timeout how long the member may take for each step
     * @throws IOException if the member is dead, never listened, or does not answer
     */
    public static Questions to(Path home, long member, Duration timeout) throws IOException {
        byte[] secret = Session.readSecret(home);
        Selector selector = Selector.open();
        SocketChannel channel = null;
        boolean done = false;
        try {
            long nanos = Timeout.nanos(timeout);
            channel = connect(DirectoryLayout.socket(home, member), nanos);
            channel.register(selector, SelectionKey.OP_READ);
            Questions questions = new Questions(channel, selector, nanos);
            questions.shakeHands(secret, member);
            done = true;
            return questions;
        } finally {
            if (!done) {
                if (channel != null) {
                    channel.close();
                }
                selector.close();
            }
        }
    }

    /** Tries again while very many connect at the same time. */
    private static SocketChannel connect(Path socket, long nanos) throws IOException {
        long deadline = System.nanoTime() + nanos;
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            boolean connected = false;
            try {
                channel.configureBlocking(false); // it does not wait for a process that is stopped
                connected = channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (SocketException e) {
                boolean mayTry = Files.exists(socket) && !(e instanceof ConnectException);
                if (!mayTry || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            } finally {
                if (!connected) {
                    channel.close();
                }
            }
            if (connected) {
                return channel;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new IOException("the process does not accept connections now: " + socket);
            }
            LockSupport.parkNanos(CONNECT_PAUSE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted before the process was connected");
            }
        }
    }

    private void shakeHands(byte[] secret, long member) throws IOException {
        Hello hello =
                new Hello(
                        ProcessHandle.current().pid(),
                        0,
                        Hello.Purpose.QUESTIONS,
                        member,
                        0,
                        Session.nonce(Hello.NONCE_BYTES));
        byte[] bytes = hello.toBytes();
        Handshake.sendHello(channel, bytes);
        Handshake.sendProof(channel, secret, bytes, next());
    }

    /**
     * Asks one question, and waits for its answer.
     *
     * @throws IOException if there is no answer: the message has the asked process's reason
     */
    public byte[] ask(String question, String... arguments) throws IOException {
        Handshake.write(
                channel,
                new Frame(FrameType.QUESTION, Answers.question(question, List.of(arguments))));
        Frame frame = next();
        if (frame.type() != FrameType.ANSWER || frame.payload().length == 0) {
            throw new ProtocolException("expected ANSWER, got " + frame.type());
        }
        byte[] answer = Arrays.copyOfRange(frame.payload(), 1, frame.payload().length);
        if (frame.payload()[0] != Answers.ANSWERED) {
            throw new IOException(new String(answer, StandardCharsets.UTF_8));
        }
        return answer;
    }

    private Frame next() throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        while (true) {
            @Nullable Frame frame = reader.read(channel);
            if (frame != null) {
                return frame;
            }
            if (reader.hasEnded()) {
                throw new IOException("the process has closed the link, or has died");
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                throw new IOException(
                        "the process did not answer in time; it may be stopped: seconds="
                                + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos));
            }
            selector.select(millis);
            selector.selectedKeys().clear();
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted before the answer came");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        selector.close();
    }
}
