package dev.procession.core.memory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The places at which a test has a process killed. Off, as always but in those tests, they cost
 * nothing: {@link #ON} is a constant of the JVM.
 *
 * <p>{@code -Dprocession.killPoint=PUT_COPIED:7} kills the process by SIGKILL when it is at that
 * place for the seventh time. With {@code -Dprocession.killNote=FILE} it makes that file before, so
 * that this death can be told from others.
 */
public enum KillPoint {
    /** The producers' lock is taken, nothing is written. */
    PUT_LOCKED,
    /** The record is written, not committed. */
    PUT_COPIED,
    /** The element is committed, the lock is held. */
    PUT_COMMITTED,
    /** The lock is free, nobody has been woken. */
    PUT_UNLOCKED,
    /** The file of a large element is written, its record is not. */
    PUT_FILE_WRITTEN,
    /** The consumers' lock is taken, nothing is read. */
    TAKE_LOCKED,
    /** The element is copied, not consumed. */
    TAKE_COPIED,
    /** The element is consumed, the lock is held. */
    TAKE_COMMITTED,
    /** The lock is free, nobody has been woken. */
    TAKE_UNLOCKED,
    /** The file of a large element is read, and still there. */
    TAKE_FILE_READ,
    /** The lease of an element is prepared; the element is not taken. */
    LEASE_PREPARED,
    /** The element is taken on approval, the lock is held. */
    LEASE_COMMITTED,
    /** The lease has ended; its file is still there. */
    LEASE_ACKNOWLEDGED,
    /** The element is counted as removed, its record is not marked. */
    REMOVE_COMMITTED,
    /** The record is marked, HEAD is not moved past it. */
    REMOVE_MARKED,
    /** The lock of a dead process is taken over. */
    LOCK_TAKEN_OVER,
    /** The bit of a waiter is set; it does not sleep yet. */
    WAIT_ANNOUNCED,
    /** A bit of a waiter is cleared; it has not been woken. */
    WAKE_CLAIMED,
    /** A message, or a part of one, is copied behind a lane's tail, which is not stored. */
    LANE_COPIED,
    /** It is committed, nobody has been woken. */
    LANE_COMMITTED,
    /** The receiver has copied it, its room is not given back. */
    LANE_READ,
    /** Its room is given back, nobody has been woken. */
    LANE_RELEASED,
    /** The file of a large message is written, its record is not. */
    LANE_FILE_WRITTEN,
    /** A frame is handed to the kernel in part, at most. */
    SOCKET_FRAME_BEGUN,
    /** A frame is handed to the kernel whole. */
    SOCKET_FRAME_WRITTEN,
    /** A frame was read from the kernel, nothing was done with it. */
    SOCKET_FRAME_READ;

    private static final @Nullable String ASKED = System.getProperty("procession.killPoint");

    /** Whether a place is to be deadly in this process. */
    public static final boolean ON = ASKED != null;

    private static final AtomicInteger LEFT = new AtomicInteger(ON ? times() : 0);

    private static int times() {
        String asked = ASKED == null ? "" : ASKED;
        return Integer.parseInt(asked.substring(asked.indexOf(':') + 1));
    }

    /** This process is at the place; to be called only if {@link #ON}. */
    public void reached() {
        String asked = ASKED;
        if (asked != null && asked.startsWith(name() + ":") && LEFT.decrementAndGet() == 0) {
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
            Thread.onSpinWait(); // here, and no instruction further, until the signal comes
        }
    }
}
