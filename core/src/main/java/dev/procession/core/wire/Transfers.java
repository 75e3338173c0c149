package dev.procession.core.wire;

import dev.procession.core.Codec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What moves to another process inside an object that is being encoded. When the encoding fails,
 * for whatever reason, everything that has moved so far comes back; when the sending fails
 * afterwards, {@link Shipment#takeBack} does the same.
 */
public final class Transfers {

    private static final ThreadLocal<@Nullable List<TakeBack>> CURRENT = new ThreadLocal<>();

    private Transfers() {}

    /** Undoes one move. */
    @FunctionalInterface
    public interface TakeBack {
        /** Makes this process the holder again. */
        void run() throws IOException;
    }

    /** An encoded object, and what has moved inside it. */
    public static final class Shipment {

        private final byte[] bytes;
        private final List<TakeBack> moves;

        private Shipment(byte[] bytes, List<TakeBack> moves) {
            this.bytes = bytes;
            this.moves = moves;
        }

        /** The object, encoded; not copied. */
        public byte[] bytes() {
            return bytes;
        }

        /** Makes this process the holder again of all that moved; the bytes were not sent. */
        public void takeBack() {
            Transfers.takeBack(moves);
        }
    }

    /** Encodes an object together with the ends that it captures. */
    public static byte[] encode(Codec codec, @Nullable Object value) {
        return pack(codec, value).bytes();
    }

    /** Encodes an object in a way that can be undone when it cannot be sent. */
    public static Shipment pack(Codec codec, @Nullable Object value) {
        List<TakeBack> outer = CURRENT.get();
        List<TakeBack> moves = new ArrayList<>(0);
        CURRENT.set(moves);
        boolean done = false;
        try {
            byte[] bytes = codec.encode(value);
            done = true;
            return new Shipment(bytes, moves);
        } finally {
            // An object that sends another while it is encoded: that one travels by itself.
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
            if (!done) {
                takeBack(moves);
            }
        }
    }

    private static void takeBack(List<TakeBack> moves) {
        for (TakeBack move : moves) {
            try {
                move.run();
            } catch (IOException e) {
                log().log(Level.WARNING, "an end that did not travel could not be taken back", e);
            }
        }
    }

    /**
     * Refuses a move that nothing would bring to another process; to be called before it.
     *
     * @throws IllegalStateException if this thread encodes nothing through this class
     */
    public static void requireTravel() {
        current();
    }

    private static List<TakeBack> current() {
        List<TakeBack> moves = CURRENT.get();
        if (moves == null) {
            throw new IllegalStateException(
                    "an end can only move inside a task, a child's body or a message");
        }
        return moves;
    }

    /** Says how to undo a move; called while an object is being encoded. */
    public static void moved(TakeBack takeBack) {
        current().add(takeBack);
    }

    /** Not a constant: loading the logging takes 20 ms of a cold start. */
    private static System.Logger log() {
        return System.getLogger(Transfers.class.getName());
    }
}
