package dev.procession.testing;

import java.io.IOException;

/** Signals that the JDK cannot send. */
public enum Signal {
    /** Stops the process until {@link #CONT}. */
    STOP,
    CONT,
    /** Ends the process as a crash in native code does. */
    SEGV;

    /**
     * Sends this signal; fails if there is no such process. {@link #STOP} returns when all threads
     * of the process are stopped, as the kernel stops them a moment after it was sent.
     */
    public void sendTo(long pid) throws IOException, InterruptedException {
        // The shell's own kill: not every system has a program of this name.
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name() + " " + pid).start();
        if (kill.waitFor() != 0) {
            throw new IOException("cannot send a signal: pid=" + pid + ", signal=" + name());
        }
        if (this == STOP) {
            Await.until(() -> LiveProcess.isStopped(pid), "the process stands still: pid=" + pid);
        }
    }

    /** Signals a process that may have died, which is no failure. */
    public void sendToMortal(long pid) throws IOException, InterruptedException {
        try {
            sendTo(pid);
        } catch (IOException e) {
            if (LiveProcess.isAlive(pid)) {
                throw e;
            }
        }
    }
}
