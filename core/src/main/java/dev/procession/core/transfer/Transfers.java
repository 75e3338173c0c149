package dev.procession.core.transfer;

import dev.procession.core.Codec;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What moves to another process inside an object that is being encoded. When the encoding fails,
 * for whatever reason, everything that has moved so far comes back; when the sending fails
 * afterwards, {@link Shipment#takeBack} does the same.
 */
public final class Transfers {

    private static final Log LOG = Log.of(Transfers.class);

    // What stays with a thread is of the JDK's classes, so that it keeps no class loader alive.
    private static final ThreadLocal<AtomicReference<@Nullable Packing>> CURRENT =
            new ThreadLocal<>() {
                @Override
                protected AtomicReference<@Nullable Packing> initialValue() {
                    return new AtomicReference<>();
                }
            };

    private Transfers() {}

    /** The object that a thread encodes just now. */
    private static final class Packing {
        private final List<Move> moves = new ArrayList<>(0);
        private final @Nullable Object carrier;

        Packing(@Nullable Object carrier) {
            this.carrier = carrier;
        }
    }

    /** One end on its way. Both methods leave it alone when somebody has attached to it. */
    public interface Move {
        /** Makes this process the holder again. */
        void takeBack() throws IOException;

        /** Says that nobody will ever attach: the end counts as one whose holder has died. */
        void abandon() throws IOException;

        /**
         * True until somebody has attached, or {@link #abandon} or {@link #takeBack} was called.
         */
        boolean isUnderWay() throws IOException;
    }

    /**
     * The ends that move inside one object. Each method may be called by any thread, and again.
     *
     * @param moves one for each end
     */
    public record Ends(List<Move> moves) {

        /** Of an object in which nothing moves. */
        public static final Ends NONE = new Ends(List.of());

        /** Makes this process the holder again of all that nobody has attached to. */
        public void takeBack() {
            for (Move move : moves) {
                try {
                    move.takeBack();
                } catch (IOException | RuntimeException | Error e) {
                    LOG.report(Level.WARNING, "an end that did not travel stays on its way", e);
                }
            }
        }

        /**
         * Gives up what nobody has attached to, because whoever was to decode the object has ended:
         * the other ends learn of a death instead of waiting.
         */
        public void abandon() {
            for (Move move : moves) {
                try {
                    move.abandon();
                } catch (IOException | RuntimeException | Error e) {
                    LOG.report(Level.WARNING, "an end that did not arrive stays on its way", e);
                }
            }
        }

        /** True while there is an end that was not attached to, taken back or abandoned. */
        public boolean areUnderWay() throws IOException {
            for (Move move : moves) {
                if (move.isUnderWay()) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An encoded object, and what has moved inside it. */
    public static final class Shipment {

        private final byte[] bytes;
        private final Ends ends;

        private Shipment(byte[] bytes, Ends ends) {
            this.bytes = bytes;
            this.ends = ends;
        }

        /** The object, encoded; not copied. */
        public byte[] bytes() {
            return bytes;
        }

        /** What moves inside. */
        public Ends ends() {
            return ends;
        }

        /** Makes this process the holder again of all that moved; the bytes were not sent. */
        public void takeBack() {
            ends.takeBack();
        }
    }

    /** Encodes an object together with the ends that it captures. */
    public static byte[] encode(Codec codec, @Nullable Object value) {
        return pack(codec, value).bytes();
    }

    /** Encodes an object in a way that can be undone when it cannot be sent. */
    public static Shipment pack(Codec codec, @Nullable Object value) {
        return pack(codec, value, null);
    }

    /**
     * The same for an object that is to be sent through something that might move itself.
     *
     * @param carrier what {@link #isCarrier} is to know
     */
    public static Shipment pack(Codec codec, @Nullable Object value, @Nullable Object carrier) {
        if (isPlain(value)) {
            return new Shipment(codec.encode(value), Ends.NONE);
        }
        AtomicReference<@Nullable Packing> current = CURRENT.get();
        Packing outer = current.getPlain();
        Packing packing = new Packing(carrier);
        List<Move> moves = packing.moves;
        current.setPlain(packing);
        boolean done = false;
        try {
            byte[] bytes = codec.encode(value);
            done = true;
            return new Shipment(bytes, moves.isEmpty() ? Ends.NONE : new Ends(moves));
        } finally {
            // An object that sends another while it is encoded: that one travels by itself.
            current.setPlain(outer);
            if (!done) {
                new Ends(moves).takeBack();
            }
        }
    }

    /** What can hold no end needs no care for one that moves. */
    private static boolean isPlain(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Number
                || value instanceof byte[];
    }

    /**
     * Refuses a move that nothing would bring to another process; to be called before it.
     *
     * @throws IllegalStateException if this thread encodes nothing through this class
     */
    public static void requireTravel() {
        current();
    }

    /** True while this thread encodes an object that is to be sent through this very thing. */
    public static boolean isCarrier(Object thing) {
        Packing packing = CURRENT.get().getPlain();
        return packing != null && packing.carrier == thing;
    }

    private static List<Move> current() {
        Packing packing = CURRENT.get().getPlain();
        if (packing == null) {
            throw new IllegalStateException(
                    "an end can only move inside a task, a child's body or a message");
        }
        return packing.moves;
    }

    /** Tells of a move; called while an object is being encoded. */
    public static void moved(Move move) {
        current().add(move);
    }
}
