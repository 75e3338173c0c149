package dev.procession.pool.worker;

import dev.procession.core.Codec;
import dev.procession.manager.Manager;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The pool's manager in a worker, decoded and connected when the first task asks for it: connecting
 * takes time, and the manager's classes are not there in every pool.
 */
public final class SharedManager {

    private static byte @Nullable [] encoded;
    private static @Nullable Manager manager;

    private SharedManager() {}

    static synchronized void set(byte @Nullable [] encodedManager) {
        encoded = encodedManager;
    }

    /**
     * Returns the manager, the same for all tasks of this worker.
     *
     * @throws IllegalStateException if the pool has none
     */
    public static synchronized Manager connected() {
        Manager connected = manager;
        byte[] bytes = encoded;
        if (connected == null && bytes != null) {
            connected = (Manager) Codec.standard().decode(ByteBuffer.wrap(bytes));
            manager = connected;
        }
        if (connected == null) {
            throw new IllegalStateException("the pool was built without a manager");
        }
        return connected;
    }
}
