package dev.procession.system;

import java.io.IOException;

/** Signals that the JDK cannot send. */
enum Signal {
    STOP,
    CONT,
    SEGV;

    void sendTo(long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(pid)).start();
        if (kill.waitFor() != 0) {
            throw new IOException("cannot send a signal: pid=" + pid + ", signal=" + name());
        }
    }
}
