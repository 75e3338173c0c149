package dev.procession.core.memory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The places at which a test kills a process. They are off except in such tests, and cost nothing
 * then, because {@link #ON} is a constant of the JVM.
 *
 * <p>{@code -Dprocession.killPoint=PUT_COPIED:7} kills the process by SIGKILL when it reaches that
 * place for the seventh time. With {@code -Dprocession.killNote=FILE} it makes that file before, so
 * that the test can distinguish this death from others.
 */
public enum KillPoint {
    /** The producers' lock is taken; the element is not written. */
    PUT_LOCKED,
    /** The element's record is written and not committed. */
    PUT_COPIED,
    /** The element is committed; the lock is still held. */
    PUT_COMMITTED,
    /** The producers' lock is free; no waiter is woken yet. */
    PUT_UNLOCKED,
    /** The spill file of an element is written; its record is not. */
    PUT_FILE_WRITTEN,
    /** The consumers' lock is taken; no element is read. */
    TAKE_LOCKED,
    /** The element is copied and not consumed. */
    TAKE_COPIED,
    /** The element is consumed; the lock is still held. */
    TAKE_COMMITTED,
    /** The consumers' lock is free; no waiter is woken yet. */
    TAKE_UNLOCKED,
    /** The spill file of an element is read and not removed. */
    TAKE_FILE_READ,
    /** The lease of an element is prepared; the element is not taken. */
    LEASE_PREPARED,
    /** The element is leased; the lock is still held. */
    LEASE_COMMITTED,
    /** The lease is acknowledged; its spill file is not removed. */
    LEASE_ACKNOWLEDGED,
    /** The element is counted as removed; its record is not marked. */
    REMOVE_COMMITTED,
    /** The record is marked; HEAD is not moved past it. */
    REMOVE_MARKED,
    /** The lock of a dead process is taken over. */
    LOCK_TAKEN_OVER,
    /** The bit of a waiter is set; the waiter does not sleep yet. */
    WAIT_ANNOUNCED,
    /** The bit of a waiter is cleared; the waiter is not woken yet. */
    WAKE_CLAIMED,
    /** A message or a part of one is copied behind a lane's tail and not committed. */
    LANE_COPIED,
    /** The message is committed; the receiver is not woken yet. */
    LANE_COMMITTED,
    /** The receiver has read the message; its room is not given back. */
    LANE_READ,
    /** The room of the message is given back; the sender is not woken yet. */
    LANE_RELEASED,
    /** The spill file of a message is written; its record is not. */
    LANE_FILE_WRITTEN,
    /** At most a part of a frame is handed to the kernel. */
    SOCKET_FRAME_BEGUN,
    /** A whole frame is handed to the kernel. */
    SOCKET_FRAME_WRITTEN,
    /** A frame is read from the kernel and not used. */
    SOCKET_FRAME_READ;

    private static final @Nullable String POINT_AND_TIMES =
            System.getProperty("procession.killPoint");

    /** True if this process has a place at which it kills itself. */
    public static final boolean ON = POINT_AND_TIMES != null;

    private static final AtomicInteger REMAINING = new AtomicInteger(ON ? times() : 0);

    private static int times() {
        String point = POINT_AND_TIMES == null ? "" : POINT_AND_TIMES;
        return Integer.parseInt(point.substring(point.indexOf(':') + 1));
    }

    /** Called when this process reaches the place, and only if {@link #ON}. */
    public void reached() {
        String point = POINT_AND_TIMES;
        if (point != null && point.startsWith(name() + ":") && REMAINING.decrementAndGet() == 0) {
            die();
        }
    }

    private static void die() {
        String note = System.getProperty("procession.killNote");
        try {
            if (note != null) {
                new FileOutputStream(note).close();
            }
            new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid()))
                    .start();
        } catch (IOException e) {
            Runtime.getRuntime().halt(137);
        }
        while (true) {
            Thread.onSpinWait(); // executes nothing else until the signal arrives
        }
    }
}
