package dev.procession.core.link;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Who receives the doorbells that other processes connect to this one. A class of its own, so that
 * a process with a lane need not load the link server.
 */
public final class IncomingDoorbells {

    /** Null while no lane has had an end in this process. */
    private static volatile @Nullable Receiver receiver;

    private IncomingDoorbells() {}

    /** Receives doorbells; runs on the link server's thread. */
    public interface Receiver {

        /**
         * Takes a proven channel over.
         *
         * @param target the lane's id
         * @param end which end of the lane the other process holds
         */
        void received(long target, int end, SocketChannel doorbell) throws IOException;
    }

    /** Sets the receiver. */
    public static void deliverTo(Receiver lanes) {
        receiver = lanes;
    }

    static void deliver(long target, int end, SocketChannel doorbell) throws IOException {
        Receiver current = receiver;
        if (current == null) {
            doorbell.close();
        } else {
            current.received(target, end, doorbell);
        }
    }
}
