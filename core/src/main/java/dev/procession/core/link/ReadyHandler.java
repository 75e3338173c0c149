package dev.procession.core.link;

import java.io.IOException;
import java.nio.channels.SelectionKey;

/** What a key of the link server's selector is attached to; runs on the server's thread. */
@FunctionalInterface
public interface ReadyHandler {

    /**
     * Handles a channel that is ready. Whatever it throws closes this channel and no other.
     *
     * @param key the channel's
     */
    void ready(SelectionKey key) throws IOException;
}
