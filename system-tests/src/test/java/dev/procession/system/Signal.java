package dev.procession.system;

import dev.procession.core.ChildProcess;
import java.io.IOException;
import java.time.Duration;

/** Signals that the JDK cannot send. */
enum Signal {
    STOP,
    CONT,
    SEGV;

    private static final Duration DEATH_BOUND = Duration.ofSeconds(10);

    void sendTo(long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(pid)).start();
        if (kill.waitFor() != 0) {
            throw new IOException("cannot send a signal: pid=" + pid + ", signal=" + name());
        }
    }

    /** Signals a process that may die at any time; to one that has died it is no failure. */
    void sendTo(ChildProcess<?> mortal) throws IOException, InterruptedException {
        try {
            sendTo(mortal.pid());
        } catch (IOException e) {
            // The kernel knows of the death a moment before this process does.
            if (!mortal.join(DEATH_BOUND)) {
                throw e;
            }
        }
    }
}
