package dev.procession.core.transfer;

import dev.procession.core.Codec;
import dev.procession.core.codec.Encoded;
import dev.procession.core.codec.StandardCodec;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The ends of pipes and lanes that move to another process inside an encoded object. When the
 * encoding fails, for whatever reason, this process becomes the holder again of all ends that have
 * moved so far; when the sending fails afterwards, {@link Shipment#takeBack} does the same.
 *
 * <p>An end that has moved is under way until a process attaches to it. Static methods work on the
 * object that their thread encodes; they never block.
 */
public final class Transfers {

    private static final Log LOG = Log.of(Transfers.class);

    // The value of a thread is a JDK object, so that a thread keeps no class loader alive.
    private static final ThreadLocal<AtomicReference<@Nullable Packing>> CURRENT =
            new ThreadLocal<>() {
                @Override
                protected AtomicReference<@Nullable Packing> initialValue() {
                    return new AtomicReference<>();
                }
            };

    private Transfers() {}

    /** The moves in the object that a thread is encoding. */
    private static final class Packing {
        private final List<Move> moves = new ArrayList<>(0);
        private final @Nullable Object carrier;

        Packing(@Nullable Object carrier) {
            this.carrier = carrier;
        }
    }

    /**
     * One end under way. When a process has attached to the end, these methods do not change it.
     */
    public interface Move {
        /** Makes this process the holder again. */
        void takeBack() throws IOException;

        /** Declares that no process will attach: the end counts as one whose holder has died. */
        void abandon() throws IOException;

        /**
         * True until a process has attached, or {@link #abandon} or {@link #takeBack} was called.
         */
        boolean isUnderWay() throws IOException;
    }

    /**
     * The ends that move inside one object. Any thread may call each method, also repeatedly.
     *
     * @param moves one for each end
     */
    public record Ends(List<Move> moves) {

        /** For an object in which no end moves. */
        public static final Ends NONE = new Ends(List.of());

        /** Makes this process the holder again of each end that no process has attached to. */
        public void takeBack() {
            for (Move move : moves) {
                try {
                    move.takeBack();
                } catch (IOException | RuntimeException | Error e) {
                    LOG.report(Level.WARNING, "an end that was not sent stays under way", e);
                }
            }
        }

        /**
         * Abandons each end that no process has attached to, because the process that had to decode
         * the object has ended: the peers see a death instead of waiting.
         */
        public void abandon() {
            for (Move move : moves) {
                try {
                    move.abandon();
                } catch (IOException | RuntimeException | Error e) {
                    LOG.report(Level.WARNING, "an end that did not arrive stays under way", e);
                }
            }
        }

        /** True while an end was not yet attached to, taken back or abandoned. */
        public boolean areUnderWay() throws IOException {
            for (Move move : moves) {
                if (move.isUnderWay()) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An encoded object, and the ends that move inside it. */
    public static final class Shipment {

        private final Encoded encoded;
        private final Ends ends;

        private Shipment(Encoded encoded, Ends ends) {
            this.encoded = encoded;
            this.ends = ends;
        }

        /** The encoded object; its array is not copied, but its parts are. */
        public byte[] bytes() {
            return encoded.toByteArray();
        }

        /** The number of bytes. */
        public int length() {
            return encoded.length();
        }

        /** The encoded object in parts, see {@link #packParts}. */
        public List<ByteBuffer> parts() {
            return encoded.toParts();
        }

        /** The ends that move inside. */
        public Ends ends() {
            return ends;
        }

        /** Makes this process the holder again of all ends; for bytes that were not sent. */
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
     * The same for an object that is sent through an end that could move itself.
     *
     * @param carrier that end, for {@link #isCarrier}
     */
    public static Shipment pack(Codec codec, @Nullable Object value, @Nullable Object carrier) {
        return pack(codec, value, carrier, false);
    }

    /**
     * Packs as {@link #pack(Codec, Object)} does, but may leave large arrays of the object where
     * they are: the caller writes the parts elsewhere before anything can change the object.
     */
    public static Shipment packParts(Codec codec, @Nullable Object value) {
        return pack(codec, value, null, true);
    }

    private static Shipment pack(
            Codec codec, @Nullable Object value, @Nullable Object carrier, boolean inParts) {
        if (isPlain(value)) {
            return new Shipment(encoded(codec, value, inParts), Ends.NONE);
        }
        AtomicReference<@Nullable Packing> current = CURRENT.get();
        Packing outer = current.getPlain();
        Packing packing = new Packing(carrier);
        List<Move> moves = packing.moves;
        current.setPlain(packing);
        boolean done = false;
        try {
            Encoded encoded = encoded(codec, value, inParts);
            done = true;
            return new Shipment(encoded, moves.isEmpty() ? Ends.NONE : new Ends(moves));
        } finally {
            // An object may send another one while it is encoded, with moves of its own.
            current.setPlain(outer);
            if (!done) {
                new Ends(moves).takeBack();
            }
        }
    }

    private static Encoded encoded(Codec codec, @Nullable Object value, boolean inParts) {
        return inParts && codec instanceof StandardCodec standard
                ? standard.encodeParts(value)
                : Encoded.of(codec.encode(value));
    }

    /** True of a value that cannot contain an end. */
    private static boolean isPlain(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Number
                || value instanceof byte[];
    }

    /**
     * Refuses a move outside of an object that is being sent; an end calls it before it moves.
     *
     * @throws IllegalStateException if this thread is not encoding an object by this class
     */
    public static void requireTravel() {
        current();
    }

    /** True while this thread encodes an object that is to be sent through this end. */
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

    /** Adds a move to the object that this thread is encoding. */
    public static void moved(Move move) {
        current().add(move);
    }
}
