package dev.procession.monitor.look;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel says of a process in {@code /proc/PID/status}.
 *
 * @param isStopped whether a signal or a debugger has stopped it
 * @param residentBytes its resident memory; 0 where it is not told
 */
record ProcStatus(boolean isStopped, long residentBytes) {

    private static final String STATE = "State:";
    private static final String RESIDENT = "VmRSS:";

    private static final int UNIT_BITS = 10; // kB

    /** Reads it; a process that has ended is not stopped and has no memory. */
    static ProcStatus of(long pid) {
        List<String> lines;
        try {
            lines =
                    Files.readAllLines(
                            Path.of("/proc", Long.toString(pid), "status"),
                            StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return new ProcStatus(false, 0); // it has ended
        }
        boolean stopped = false;
        long bytes = 0;
        for (String line : lines) {
            if (line.startsWith(STATE)) {
                String state = line.substring(STATE.length()).strip();
                stopped = state.startsWith("T") || state.startsWith("t");
            } else if (line.startsWith(RESIDENT)) {
                String[] words = line.substring(RESIDENT.length()).strip().split(" ", -1);
                bytes = Long.parseLong(words[0]) << UNIT_BITS;
            }
        }
        return new ProcStatus(stopped, bytes);
    }
}
