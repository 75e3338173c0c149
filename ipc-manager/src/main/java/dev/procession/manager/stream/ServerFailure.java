package dev.procession.manager.stream;

import dev.procession.core.launch.ExitCode;
import dev.procession.core.log.Log;
import dev.procession.manager.store.Store;
import java.lang.System.Logger.Level;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a server that cannot go on: what it did last may be half done, or not stored, so clients are
 * to see its death. The methods are called by the server's thread; any thread may ask whether it
 * has failed.
 */
public final class ServerFailure {

    private static final Log LOG = Log.of(ServerFailure.class);

    /** The exit code of a server whose store failed. */
    private static final int STORE_FAILED = 84;

    private final @Nullable IntConsumer exit;
    private final @Nullable Store store;
    private final Runnable close;

    /** Set by the server's thread, and never taken back. */
    private volatile boolean failed;

    /** A thread ends the server. Used by the server's thread alone. */
    private boolean ending;

    /**
     * Prepares for failures.
     *
     * @param exit ends this JVM with an exit code; null if the JVM goes on without the server
     * @param store what no half request may get into
     * @param close ends the server; it waits for the server's thread, so another one calls it
     */
    public ServerFailure(@Nullable IntConsumer exit, @Nullable Store store, Runnable close) {
        this.exit = exit;
        this.store = store;
        this.close = close;
        // Loads the logging now: not at a client's death, and not when the memory is full.
        boolean unused = LOG.isLoggable(Level.ERROR);
    }

    public boolean isFailed() {
        return failed;
    }

    /** The request that ran out of memory may be half done. */
    public void ranOutOfMemory(OutOfMemoryError e) {
        end(ExitCode.OUT_OF_MEMORY.code(), "the manager's server ran out of memory; it ends", e);
    }

    /** Nothing that was promised may be acknowledged. */
    void storeFailed(Throwable e) {
        end(STORE_FAILED, "the store failed; the manager's server ends", e);
    }

    private void end(int code, String why, Throwable cause) {
        failed = true;
        if (store != null) {
            store.serverFailed(cause);
        }
        if (exit != null) {
            try {
                LOG.report(Level.ERROR, why, cause);
            } finally {
                exit.accept(code);
            }
        }
        endIfFailed();
        LOG.report(Level.ERROR, why, cause);
    }

    /** Ends a failed server by another thread; without one, the next call tries again. */
    public void endIfFailed() {
        if (failed && !ending) {
            try {
                new Thread(close, "procession-manager-end").start();
                ending = true;
            } catch (OutOfMemoryError e) {
                // Why the server ends is logged without this.
            }
        }
    }
}
