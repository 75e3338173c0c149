package dev.procession.core.lane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A selector on which one thread sleeps until a doorbell of one or many lane ends wakes it.
 *
 * <p>One thread at a time calls {@link #await}; any thread calls {@link #wakeup}. An interrupt ends
 * the sleep too and leaves the thread's flag set; it closes no channel, because a selector's
 * channels are non-blocking.
 */
public final class Waiter implements AutoCloseable {

    private final Selector selector;
    private final ReentrantLock selecting = new ReentrantLock();
    private volatile boolean cancelled;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(256);

    /** Opens the descriptors that a sleep needs. */
    public Waiter() throws IOException {
        selector = Selector.open();
    }

    /** From now on this end's doorbell wakes the thread. */
    public void add(MessageEnd end) throws IOException {
        end.listen(this);
    }

    /** From now on this end's doorbell does not wake the thread. */
    public void remove(MessageEnd end) {
        end.unlisten(this);
    }

    /** From now on the thread wakes when a socket is ready; the socket's bytes stay unread. */
    public void register(SocketChannel socket, int operations) throws IOException {
        socket.register(selector, operations);
        selector.wakeup();
    }

    void register(SocketChannel bell, Doorbell doorbell) throws IOException {
        bell.register(selector, SelectionKey.OP_READ, doorbell);
        selector.wakeup();
    }

    /** From now on the thread does not wake when this socket is ready. */
    public void deregister(SocketChannel bell) {
        SelectionKey key = bell.keyFor(selector);
        if (key != null) {
            key.cancel();
            cancelled = true;
            selector.wakeup();
            // Only a selection releases the descriptor of a closed channel; a thread that sleeps
            // here
            // makes one when it wakes.
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
            selector.selectedKeys().clear(); // the next select finds them again, they stay readable
        } catch (ClosedSelectorException e) {
            return; // closing it released all descriptors
        } catch (IOException e) {
            cancelled = true; // the next sleep tries again
        }
        selector.wakeup(); // selectNow() may have consumed a wake-up meant for the next sleep
    }

    /**
     * Sleeps until a doorbell wakes the thread, {@link #wakeup} is called, the thread is
     * interrupted, or the time is over.
     */
    public void await(long nanos) throws IOException {
        long millis = Math.max(1, (nanos + 999_999) / 1_000_000);
        selecting.lock();
        try {
            selector.select(this::ready, millis);
            if (cancelled) {
                flush();
            }
        } catch (ClosedSelectorException e) {
            // Closed during the sleep: the caller then finds its end closed.
        } finally {
            selecting.unlock();
        }
    }

    /** Ends the current sleep, or the next one. */
    public void wakeup() {
        selector.wakeup();
    }

    private void ready(SelectionKey key) {
        if (key.attachment() == null) {
            return; // its bytes are messages, which the caller reads
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

    /** Closes the descriptors; the sockets of the doorbells stay open. */
    @Override
    public void close() throws IOException {
        selector.close();
    }
}
