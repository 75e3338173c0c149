package dev.procession.queue;

import dev.procession.core.Codec;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to another process instead of a queue. Decoding it attaches that process to the same
 * queue.
 *
 * @param path the queue's segment
 * @param name the queue's name; null if it has none
 * @param codec the codec of the elements; null for the standard one
 */
record QueueHandle(String path, @Nullable String name, @Nullable Codec codec)
        implements Serializable {

    @Serial
    private Object readResolve() throws InvalidObjectException {
        try {
            QueueCore core =
                    name == null
                            ? OpenQueues.attach(Path.of(path))
                            : OpenQueues.namedOrEnded(name, Path.of(path));
            return new ProcessQueue<>(core, codec == null ? Codec.standard() : codec);
        } catch (IOException e) {
            InvalidObjectException failure =
                    new InvalidObjectException("this queue cannot be used here");
            failure.initCause(e);
            throw failure;
        }
    }
}
