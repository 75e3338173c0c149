package dev.procession.core.codec;

import dev.procession.core.log.Log;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ends of pipes and lanes that arrive inside an object that is being decoded. When the decoding
 * fails, no object refers to them, so they are closed, and their peers see a closed end.
 */
public final class ReceivedEnds {

    private static final Log LOG = Log.of(ReceivedEnds.class);

    /** The ends that this thread attached to while it decodes an object. */
    private static final ThreadLocal<@Nullable List<Closeable>> RECEIVED = new ThreadLocal<>();

    private ReceivedEnds() {}

    /** Decodes one object. */
    interface Decoding {
        /** Returns the object. */
        @Nullable Object run() throws IOException, ReflectiveOperationException;
    }

    /** Decodes an object, and closes the ends that arrived in it if that fails. */
    static @Nullable Object decode(Decoding decoding)
            throws IOException, ReflectiveOperationException {
        List<Closeable> outer = RECEIVED.get();
        List<Closeable> received = new ArrayList<>(0);
        RECEIVED.set(received);
        boolean done = false;
        try {
            Object object = decoding.run();
            done = true;
            return object;
        } finally {
            RECEIVED.set(outer); // an object may decode another one while it is decoded
            if (!done) {
                received.forEach(ReceivedEnds::closeQuietly);
            }
        }
    }

    /** Adds an end that this process has attached to; called while an object is decoded. */
    public static void add(Closeable end) {
        List<Closeable> received = RECEIVED.get();
        if (received != null) {
            received.add(end);
        }
    }

    private static void closeQuietly(Closeable end) {
        try {
            end.close();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "an end in an object that cannot be decoded stays open", e);
        }
    }
}
