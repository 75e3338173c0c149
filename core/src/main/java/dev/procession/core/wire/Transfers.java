package dev.procession.core.wire;

import dev.procession.core.Codec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What moves to another process inside an object that is being encoded. When the encoding fails,
 * for whatever reason, everything that has moved so far comes back.
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

    /** Encodes an object together with the ends that it captures. */
    public static byte[] encode(Codec codec, @Nullable Object value) {
        List<TakeBack> outer = CURRENT.get();
        List<TakeBack> moves = new ArrayList<>(0);
        CURRENT.set(moves);
        boolean done = false;
        try {
            byte[] bytes = codec.encode(value);
            done = true;
            return bytes;
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
                outer.addAll(moves);
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

    /** Says how to undo a move; called while an object is being encoded. */
    public static void moved(TakeBack takeBack) {
        List<TakeBack> moves = CURRENT.get();
        if (moves == null) {
            throw new IllegalStateException(
                    "an end can only move inside a task, a child's body or a message");
        }
        moves.add(takeBack);
    }

    /** Not a constant: loading the logging takes 20 ms of a cold start. */
    private static System.Logger log() {
        return System.getLogger(Transfers.class.getName());
    }
}
