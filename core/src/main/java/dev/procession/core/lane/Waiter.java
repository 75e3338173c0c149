package dev.procession.core.lane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where one thread sleeps for the doorbells of one or many lane ends.
 *
 * <p>One thread at a time calls {@link #await}; any thread {@link #wakeup}. An interrupt ends the
 * sleep too and leaves the thread's flag set; no channel is closed by it, because a selector's
 * channels are non-blocking.
 */
public final class Waiter implements AutoCloseable {

    private final Selector selector;
    private final ReentrantLock selecting = new ReentrantLock();
    private volatile boolean cancelled;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(256);

    /** Opens the descriptors that sleeping takes. */
    public Waiter() throws IOException {
        selector = Selector.open();
    }

    /** Wakes on this end's doorbell from now on. */
    public void add(MessageEnd end) throws IOException {
        end.listen(this);
    }

    /** Does not wake on this end's doorbell any more. */
    public void remove(MessageEnd end) {
        end.unlisten(this);
    }

    /** Wakes when a socket is ready, whose bytes stay where they are. */
    public void register(SocketChannel socket, int operations) throws IOException {
        socket.register(selector, operations);
        selector.wakeup();
    }

    void register(SocketChannel bell, Doorbell doorbell) throws IOException {
        bell.register(selector, SelectionKey.OP_READ, doorbell);
        selector.wakeup();
    }

    /** Does not wake when this socket is ready any more. */
    public void deregister(SocketChannel bell) {
        SelectionKey key = bell.keyFor(selector);
        if (key != null) {
            key.cancel();
            cancelled = true;
            selector.wakeup();
            // Only a selection gives the descriptor of a closed channel back; who sleeps does it.
            if (!selecting.isHeldByCurrentThread() && selecting.tryLock()) {
                try {
                    flush();
                } finally {
                    selecting.unlock();
                }
            }
        }
    }

    private void flush() {
        cancelled = false;
        try {
            selector.selectNow();
            selector.selectedKeys().clear(); // they are selected again, for they are still readable
        } catch (ClosedSelectorException e) {
            return; // it has given everything back
        } catch (IOException e) {
            cancelled = true; // the next sleep tries again
        }
        selector.wakeup(); // one that was meant for the next sleep was used up
    }

    /** Sleeps until a doorbell rings, {@link #wakeup}, an interrupt, or the time is over. */
    public void await(long nanos) throws IOException {
        long millis = Math.max(1, (nanos + 999_999) / 1_000_000);
        selecting.lock();
        try {
            selector.select(this::rung, millis);
            if (cancelled) {
                flush();
            }
        } catch (ClosedSelectorException e) {
            // Closed under the sleeper: it wakes, looks at its end, and finds that closed.
        } finally {
            selecting.unlock();
        }
    }

    /** Ends the current sleep, or the next one. */
    public void wakeup() {
        selector.wakeup();
    }

    private void rung(SelectionKey key) {
        if (key.attachment() == null) {
            return; // its bytes are the messages; who is awake now looks
        }
        Doorbell doorbell = (Doorbell) key.attachment();
        SocketChannel bell = (SocketChannel) key.channel();
        int count;
        try {
            do {
                scratch.clear();
                count = bell.read(scratch);
            } while (count == scratch.capacity());
        } catch (IOException e) {
            count = -1; // a peer killed with unread bytes resets the connection: an end as well
        }
        if (count < 0) {
            doorbell.lost(bell);
        }
        doorbell.wakeOthers(this);
    }

    /** Gives the descriptors back; the ends' doorbells are theirs. */
    @Override
    public void close() throws IOException {
        selector.close();
    }
}
