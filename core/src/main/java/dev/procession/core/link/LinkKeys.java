package dev.procession.core.link;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;

/** Changes keys of a selector in which another thread may sleep. */
public final class LinkKeys {

    private static final Log LOG = Log.of(LinkKeys.class);

    private LinkKeys() {}

    /** Sets the operations that a key waits for, and wakes the selecting thread if they changed. */
    static void interest(SelectionKey key, int operations) {
        if (key.interestOps() != operations) {
            key.interestOps(operations);
            key.selector().wakeup();
        }
    }

    /** Cancels a key, closes its channel, and wakes the selecting thread. */
    public static void closeQuietly(SelectionKey key) {
        key.cancel();
        try {
            key.channel().close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a link failed", e);
        }
        key.selector().wakeup();
    }
}
