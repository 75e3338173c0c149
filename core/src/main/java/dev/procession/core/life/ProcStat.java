package dev.procession.core.life;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The kernel's data about a process in {@code /proc/PID/stat}. Read from there because {@link
 * ProcessHandle} takes milliseconds to load.
 */
public final class ProcStat {

    private static final int PARENT_FIELD = 4;
    private static final int START_TIME_FIELD = 22;

    private final String stat;

    private ProcStat(String stat) {
        this.stat = stat;
    }

    /** Reads the current data of this process. */
    public static ProcStat read() throws IOException {
        return read("self");
    }

    /**
     * Reads the current data of a process.
     *
     * @throws IOException if there is no process with this id
     */
    static ProcStat of(long pid) throws IOException {
        return read(Long.toString(pid));
    }

    private static ProcStat read(String process) throws IOException {
        try (InputStream in = new FileInputStream("/proc/" + process + "/stat")) {
            return new ProcStat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        }
    }

    /** Returns the process id. */
    public long pid() {
        return Long.parseLong(stat.substring(0, stat.indexOf(' ')));
    }

    /** Returns the parent's process id; that of another process when the parent has died. */
    public long parentPid() {
        return field(PARENT_FIELD);
    }

    /**
     * Returns the start of the process, in clock ticks since the machine's start. With the pid it
     * identifies the process. The start instant of {@link ProcessHandle} does not: it depends on
     * when a JVM read the boot time.
     */
    long startTicks() {
        return field(START_TIME_FIELD);
    }

    private long field(int number) {
        // The second field is the command in brackets and may hold blanks and brackets itself.
        int from = stat.lastIndexOf(')') + 2;
        for (int field = 3; field < number; field++) {
            from = stat.indexOf(' ', from) + 1;
        }
        return Long.parseLong(stat.substring(from, stat.indexOf(' ', from)));
    }
}
