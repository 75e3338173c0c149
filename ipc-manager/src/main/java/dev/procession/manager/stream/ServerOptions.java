package dev.procession.manager.stream;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a server is started.
 *
 * @param directory its address
 * @param secret the secret that clients must know
 * @param ownsDirectory whether the directory is deleted when the server ends in good order
 * @param maxFrameBytes the longest request or answer
 * @param maxConnections how many connections there may be at once
 * @param maxBytes how many bytes may be stored, or 0 for a third of the server's heap
 * @param store the file whose content survives the server, or null
 * @param syncWrites whether the store's disk has each write before it is acknowledged
 * @param userObjects whether clients may make objects of their own classes here
 */
public record ServerOptions(
        String directory,
        byte[] secret,
        boolean ownsDirectory,
        int maxFrameBytes,
        int maxConnections,
        long maxBytes,
        @Nullable String store,
        boolean syncWrites,
        boolean userObjects)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** 64 MiB. */
    public static final int DEFAULT_MAX_FRAME_BYTES = 64 << 20;

    /** More than a machine has workers, fewer than a process may have descriptors. */
    public static final int DEFAULT_MAX_CONNECTIONS = 4096;
}
