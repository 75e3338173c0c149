package dev.procession.system.program;

import dev.procession.core.lane.LaneEnd;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Sends an invalid message from a worker to its pool, like a worker whose memory was overwritten.
 */
public final class Nonsense {

    private static final String TASK = "dev.procession.pool.worker.CurrentTask";
    private static final int NO_TYPE = 99;

    private Nonsense() {}

    /** Sends the message, and waits for the pool's reaction. */
    public static long send() throws Exception {
        Class<?> type = Class.forName(TASK);
        Method current = type.getDeclaredMethod("get");
        current.setAccessible(true);
        Field lane = type.getDeclaredField("lane");
        lane.setAccessible(true);
        if (!((LaneEnd) lane.get(current.invoke(null))).offer(NO_TYPE, 0, new byte[0])) {
            throw new IllegalStateException("the ring is full");
        }
        Thread.sleep(Long.MAX_VALUE);
        return 0;
    }
}
