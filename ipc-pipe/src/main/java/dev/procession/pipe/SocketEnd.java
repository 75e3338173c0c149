package dev.procession.pipe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.lane.LaneEndedException;
import dev.procession.core.lane.MessageEnd;
import dev.procession.core.lane.PeerState;
import dev.procession.core.lane.Waiter;
import dev.procession.core.life.LockProbe;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.memory.KillPoint;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pipe over a connected socket, which carries the records itself.
 *
 * <p>A record is a frame: its length, type and number, the payload, and a last byte that is one if
 * the record is valid. Only a frame that has arrived whole, with a last byte of one, is received. A
 * sender that gives up in the middle of a frame sets the last byte to zero; it still has to send
 * the rest of the frame before the next one.
 *
 * <p>An end that closes sends a close frame before the socket ends. If a socket ends without one,
 * the peer's process is dead if the kernel has dropped the lock on its life file, and else the peer
 * counts as closed.
 */
final class SocketEnd implements MessageEnd {

    private static final int CHUNK = 1 << 16;
    private static final int HEADER = Integer.BYTES + Integer.BYTES + Long.BYTES;
    private static final int LARGEST = HEADER + CHUNK + 1;
    private static final byte VALID = 1;
    private static final int CLOSE = Integer.MAX_VALUE;
    private static final long SLEEP_NANOS = 1_000_000_000;
    private static final long PROBE_PAUSE_NANOS = 2_000_000;
    private static final long CLOSE_NANOS = 5_000_000_000L;
    private static final int PROBES = 50;
    private static final int CLOSE_BUFFER_BYTES = 1 << 20;

    private final SocketChannel channel;
    private final @Nullable Path membership;
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST).limit(0);
    private final Object writing = new Object();
    private final Object reading = new Object();

    /** The received bytes; the oldest frame that is not consumed begins at the position. */
    @GuardedBy("reading")
    private ByteBuffer in = ByteBuffer.allocateDirect(2 * LARGEST).limit(0);

    private volatile long spinNanos;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean broken;
    private volatile boolean closeReceived;
    private volatile @Nullable PeerState endState;

    @GuardedBy("this")
    private @Nullable Waiter reader;

    @GuardedBy("this")
    private @Nullable Waiter writer;

    /**
     * Takes over a connected socket.
     *
     * @param membership the peer's life file; null if the peer is this process
     */
    SocketEnd(SocketChannel channel, @Nullable Path membership) throws IOException {
        channel.configureBlocking(false);
        this.channel = channel;
        this.membership = membership;
    }

    private void checkOpen() throws LaneEndedException {
        if (closed) {
            throw new LaneEndedException("this end was closed");
        }
    }

    @Override
    public int chunkBytes() {
        return CHUNK;
    }

    @Override
    public boolean offer(int type, long number, ByteBuffer from, int position, int length)
            throws IOException {
        checkOpen();
        synchronized (writing) {
            if (!push()) {
                return false;
            }
            out.clear().putInt(length).putInt(type).putLong(number);
            out.put(HEADER, from, position, length).put(HEADER + length, VALID);
            out.position(0).limit(HEADER + length + 1);
            push();
            return true;
        }
    }

    /** Writes the staged frame as far as the kernel takes it; true if all of it is written. */
    @GuardedBy("writing")
    private boolean push() {
        try {
            if (!broken && out.hasRemaining()) {
                if (KillPoint.ON) {
                    KillPoint.SOCKET_FRAME_BEGUN.reached();
                }
                int written = channel.write(out);
                if (KillPoint.ON && written > 0 && !out.hasRemaining()) {
                    KillPoint.SOCKET_FRAME_WRITTEN.reached();
                }
            }
        } catch (IOException e) {
            broken = true; // the peer does not read any more
        }
        return !broken && !out.hasRemaining();
    }

    @Override
    public boolean offerLarge(int type, long number, ByteBuffer from, int position, int length) {
        return false;
    }

    @Override
    public boolean awaitDrain(long nanos) throws IOException, InterruptedException {
        return flush(nanos);
    }

    @Override
    public boolean flush(long nanos) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            checkOpen();
            synchronized (writing) {
                if (push()) {
                    return true;
                }
            }
            long remaining = nanos - (System.nanoTime() - start);
            if (broken || remaining <= 0) {
                return false;
            }
            writer().await(Math.min(remaining, SLEEP_NANOS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public long mark() {
        return 0; // this end does not know how far the peer has read
    }

    @Override
    public boolean isLost(long mark) throws IOException {
        return peerState(false) == PeerState.DEAD;
    }

    @Override
    public void retract() {
        synchronized (writing) {
            if (out.position() == 0) {
                out.limit(0);
            } else if (out.hasRemaining()) {
                out.put(out.limit() - 1, (byte) 0);
            }
        }
    }

    @Override
    public boolean next() throws IOException {
        checkOpen();
        synchronized (reading) {
            while (true) {
                int length = wholeFrame(in.position());
                if (length >= 0) {
                    if (isValid(in.position(), length)) {
                        if (type() != CLOSE) {
                            return true;
                        }
                        closeReceived = true;
                    }
                    in.position(in.position() + HEADER + length + 1);
                } else if (ended || !fill()) {
                    return false;
                }
            }
        }
    }

    /** Returns the length of a frame's payload if the frame has arrived whole; else -1. */
    @GuardedBy("reading")
    private int wholeFrame(int at) throws ProtocolException {
        int bytes = in.limit() - at;
        int length = bytes < HEADER ? -1 : in.getInt(at);
        if (length > CHUNK || length < -1) {
            throw new ProtocolException("a frame is too long: bytes=" + length);
        }
        return bytes > HEADER + length ? length : -1;
    }

    @GuardedBy("reading")
    private boolean isValid(int at, int length) {
        return in.get(at + HEADER + length) == VALID;
    }

    @GuardedBy("reading")
    private boolean fill() throws ClosedChannelException {
        if (in.position() > LARGEST || in.limit() == in.capacity()) {
            in.compact().flip();
        }
        int from = in.position();
        int end = in.limit();
        in.limit(in.capacity()).position(end);
        int count;
        try {
            count = channel.read(in);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            count = -1; // a peer killed with unread bytes resets the connection, which ends it too
        }
        in.position(from).limit(end + Math.max(0, count));
        if (KillPoint.ON && count > 0) {
            KillPoint.SOCKET_FRAME_READ.reached();
        }
        ended = count < 0;
        return count > 0;
    }

    /**
     * Reads all bytes that the peer sent before its socket ended, because its close frame may be
     * among them: a sender may find the socket broken before a receiver has read that far. The
     * kernel bounds the number of these bytes.
     */
    private void drain() throws IOException {
        synchronized (reading) {
            do {
                if (in.remaining() == in.capacity()) {
                    in = ByteBuffer.allocateDirect(2 * in.capacity()).put(in).flip();
                }
            } while (!ended && fill());
            int at = in.position();
            int length;
            while (ended && (length = wholeFrame(at)) >= 0) {
                if (in.getInt(at + Integer.BYTES) == CLOSE && isValid(at, length)) {
                    closeReceived = true;
                }
                at += HEADER + length + 1;
            }
        }
    }

    @Override
    public int type() {
        synchronized (reading) {
            return in.getInt(in.position() + Integer.BYTES);
        }
    }

    @Override
    public long number() {
        synchronized (reading) {
            return in.getLong(in.position() + 2 * Integer.BYTES);
        }
    }

    @Override
    public int payloadBytes() {
        synchronized (reading) {
            return in.getInt(in.position());
        }
    }

    @Override
    public void copyPayload(ByteBuffer into, int position) {
        synchronized (reading) {
            into.put(position, in, in.position() + HEADER, payloadBytes());
        }
    }

    @Override
    public void release() {
        synchronized (reading) {
            in.position(in.position() + HEADER + payloadBytes() + 1);
        }
    }

    @Override
    public boolean isReady() throws IOException {
        return next();
    }

    @Override
    public boolean awaitMessage(long nanos) throws IOException, InterruptedException {
        long start = System.nanoTime();
        if (spin(Math.min(nanos, spinNanos))) {
            return true;
        }
        while (true) { // without next() first: the caller has called it, and it is a system call
            long remaining = nanos - (System.nanoTime() - start);
            if (ended || remaining <= 0) {
                return next();
            }
            reader().await(Math.min(remaining, SLEEP_NANOS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (next()) {
                return true;
            }
        }
    }

    /**
     * Spins for the time that {@link #spinFor} has set, by default not at all: each turn is a
     * system call here, and the kernel wakes a sleeping thread on the sender's processor sooner
     * than it runs a thread that spins there.
     */
    private boolean spin(long nanos) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos && !Thread.currentThread().isInterrupted()) {
            if (next() || ended) {
                return next();
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @Override
    public PeerState peerState(boolean probe) throws IOException {
        if (broken && !ended) {
            drain();
        }
        if (!ended) {
            return PeerState.PRESENT;
        }
        if (closeReceived) {
            return PeerState.CLOSED;
        }
        PeerState known = endState;
        if (known == null) {
            known = isDead() ? PeerState.DEAD : PeerState.CLOSED;
            endState = known;
        }
        return known;
    }

    /** The kernel may end the socket some moments before it drops the lock. */
    private boolean isDead() throws IOException {
        Path file = membership;
        if (file == null) {
            return false;
        }
        for (int i = 0; i < PROBES; i++) {
            if (LockProbe.isFree(file)) {
                return true;
            }
            LockSupport.parkNanos(PROBE_PAUSE_NANOS);
        }
        return false;
    }

    @Override
    public void spinFor(long nanos) {
        spinNanos = nanos;
    }

    private synchronized Waiter reader() throws IOException {
        checkOpen();
        Waiter made = reader;
        if (made == null) {
            made = new Waiter();
            made.register(channel, SelectionKey.OP_READ);
            reader = made;
        }
        return made;
    }

    private synchronized Waiter writer() throws IOException {
        checkOpen();
        Waiter made = writer;
        if (made == null) {
            made = new Waiter();
            made.register(channel, SelectionKey.OP_WRITE);
            writer = made;
        }
        return made;
    }

    @Override
    public void listen(Waiter waiter) throws IOException {
        checkOpen();
        waiter.register(channel, SelectionKey.OP_READ);
    }

    @Override
    public void unlisten(Waiter waiter) {
        waiter.deregister(channel);
    }

    @Override
    public void announceRead() {
        // The kernel wakes the sleeping thread.
    }

    @Override
    public void endRead() {
        // As for announceRead().
    }

    /**
     * Closes this end. Afterwards the kernel has all sent bytes and the close frame. Only if the
     * kernel has no room for the close frame, a background thread tries to send it for a few
     * seconds, unless the process ends.
     */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            closeWaiter(reader);
            closeWaiter(writer);
        }
        if (sendClose()) {
            channel.close();
        } else {
            Thread thread = new Thread(null, this::linger, "procession-close");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void closeWaiter(@Nullable Waiter waiter) throws IOException {
        if (waiter != null) {
            waiter.close();
        }
    }

    /**
     * Sends the close frame; true if the kernel has all of it, or the peer does not read any more.
     */
    private boolean sendClose() throws IOException {
        synchronized (writing) {
            if (!push() && !broken) {
                makeRoom();
            }
            if (!push()) {
                return broken;
            }
            out.clear().putInt(0).putInt(CLOSE).putLong(0).put(VALID).flip();
            if (!push() && !broken) {
                makeRoom();
            }
            return push() || broken;
        }
    }

    /**
     * Makes the kernel's buffer larger than it was while messages were sent: then the close frame
     * need not wait for the peer, and this process may end at once.
     */
    private void makeRoom() throws IOException {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, CLOSE_BUFFER_BYTES);
    }

    private void linger() {
        try (channel;
                Waiter waiter = new Waiter()) {
            waiter.register(channel, SelectionKey.OP_WRITE);
            long start = System.nanoTime();
            while (!sendClose() && System.nanoTime() - start < CLOSE_NANOS) {
                waiter.await(SLEEP_NANOS);
            }
        } catch (IOException e) {
            broken = true; // the peer has ended too
        }
    }
}
