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
 * One end of a connected socket that carries records by itself.
 *
 * <p>A record is a frame: its length, type and number, the payload, and a last byte that says
 * whether it counts. Only a frame that has arrived whole, with a last byte of one, is received. A
 * sender that gives up in the middle of a frame makes the last byte a zero; the frame still has to
 * be completed before the next.
 *
 * <p>A closed end says so by a frame of its own before the socket ends. A socket that ended without
 * it is the end of a process, if the kernel has dropped the lock on that process's membership file.
 */
final class SocketEnd implements MessageEnd {

    private static final int CHUNK = 1 << 16;
    private static final int HEADER = Integer.BYTES + Integer.BYTES + Long.BYTES;
    private static final int LARGEST = HEADER + CHUNK + 1;
    private static final byte COUNTS = 1;
    private static final int CLOSE = Integer.MAX_VALUE;
    private static final long SLEEP_NANOS = 1_000_000_000;
    private static final long SPIN_TURN_NANOS = 2_000_000;
    private static final long LAST_WORDS_NANOS = 5_000_000_000L;
    private static final int PROBES = 50;
    private static final int ROOM_FOR_LAST_WORDS = 1 << 20;

    private final SocketChannel channel;
    private final @Nullable Path membership;
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST).limit(0);
    private final Object writing = new Object();
    private final Object reading = new Object();

    /** A frame that was found and not consumed begins at its position. */
    @GuardedBy("reading")
    private ByteBuffer in = ByteBuffer.allocateDirect(2 * LARGEST).limit(0);

    private volatile long spinNanos;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean broken;
    private volatile boolean saidGoodbye;
    private volatile @Nullable PeerState verdict;

    @GuardedBy("this")
    private @Nullable Waiter reader;

    @GuardedBy("this")
    private @Nullable Waiter writer;

    /**
     * Takes a connected socket over.
     *
     * @param membership the peer's membership file; null if the peer is this process
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
            out.put(HEADER, from, position, length).put(HEADER + length, COUNTS);
            out.position(0).limit(HEADER + length + 1);
            push();
            return true;
        }
    }

    /** True if nothing is left to be handed over. */
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
            broken = true; // nobody reads any more
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
            long left = nanos - (System.nanoTime() - start);
            if (broken || left <= 0) {
                return false;
            }
            writer().await(Math.min(left, SLEEP_NANOS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public long mark() {
        return 0; // nobody here knows how far the peer has come
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
                    if (counts(in.position(), length)) {
                        if (type() != CLOSE) {
                            return true;
                        }
                        saidGoodbye = true;
                    }
                    in.position(in.position() + HEADER + length + 1);
                } else if (ended || !fill()) {
                    return false;
                }
            }
        }
    }

    /** The length of the payload of a frame that has arrived whole; -1 if it has not. */
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
    private boolean counts(int at, int length) {
        return in.get(at + HEADER + length) == COUNTS;
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
            count = -1; // a peer killed with unread bytes resets the connection: an end as well
        }
        in.position(from).limit(end + Math.max(0, count));
        if (KillPoint.ON && count > 0) {
            KillPoint.SOCKET_FRAME_READ.reached();
        }
        ended = count < 0;
        return count > 0;
    }

    /**
     * Fetches all that the peer has sent before its socket ended, for its word of closing may be
     * among it; a sender finds the socket broken before a receiver comes there. No more than what
     * the kernel keeps for a socket.
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
                if (in.getInt(at + Integer.BYTES) == CLOSE && counts(at, length)) {
                    saidGoodbye = true;
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
        while (true) { // the caller has looked, and a look is a system call
            long left = nanos - (System.nanoTime() - start);
            if (ended || left <= 0) {
                return next();
            }
            reader().await(Math.min(left, SLEEP_NANOS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (next()) {
                return true;
            }
        }
    }

    /**
     * Only when asked: looking is a system call here, and the kernel wakes a sleeper on the
     * sender's processor sooner than one that spins beside it gets to run.
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
        if (saidGoodbye) {
            return PeerState.CLOSED;
        }
        PeerState known = verdict;
        if (known == null) {
            known = isDead() ? PeerState.DEAD : PeerState.CLOSED;
            verdict = known;
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
            LockSupport.parkNanos(SPIN_TURN_NANOS);
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
        // The kernel wakes who sleeps.
    }

    @Override
    public void endRead() {
        // As above.
    }

    /**
     * Closes this end. What was sent and the word of the closing are with the kernel then. Only if
     * it grants no room for the word, a thread in the background stays with it for a few seconds,
     * unless the process ends.
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
        if (sayGoodbye()) {
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

    /** True if the word is with the kernel, or nobody listens. */
    private boolean sayGoodbye() throws IOException {
        synchronized (writing) {
            if (!push() && !broken) {
                makeRoom();
            }
            if (!push()) {
                return broken;
            }
            out.clear().putInt(0).putInt(CLOSE).putLong(0).put(COUNTS).flip();
            if (!push() && !broken) {
                makeRoom();
            }
            return push() || broken;
        }
    }

    /**
     * Has the kernel keep more than it did while messages were sent: then the last words need not
     * wait for the peer, and this process may end at once.
     */
    private void makeRoom() throws IOException {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, ROOM_FOR_LAST_WORDS);
    }

    private void linger() {
        try (channel;
                Waiter waiter = new Waiter()) {
            waiter.register(channel, SelectionKey.OP_WRITE);
            long start = System.nanoTime();
            while (!sayGoodbye() && System.nanoTime() - start < LAST_WORDS_NANOS) {
                waiter.await(SLEEP_NANOS);
            }
        } catch (IOException e) {
            broken = true; // the peer has ended as well
        }
    }
}
