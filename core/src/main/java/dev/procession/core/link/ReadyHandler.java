package dev.procession.core.link;

import java.io.IOException;
import java.nio.channels.SelectionKey;

/** The attachment of a key of the link server's selector; runs on the link server's thread. */
@FunctionalInterface
public interface ReadyHandler {

    /**
     * Handles a channel that is ready. An exception closes this channel and no other.
     *
     * @param key the channel's key
     */
    void ready(SelectionKey key) throws IOException;
}
