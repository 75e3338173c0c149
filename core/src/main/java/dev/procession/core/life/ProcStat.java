package dev.procession.core.life;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What the kernel says about this process in {@code /proc/self/stat}. */
final class ProcStat {

    private static final int START_TIME_FIELD = 22;

    private ProcStat() {}

    /**
     * When this process started, in clock ticks since the machine did. With the pid it names this
     * process; the start instant of {@link ProcessHandle} will not do, for it depends on when a JVM
     * read the boot time.
     */
    static long startTicks() throws IOException {
        String stat;
        try (InputStream in = new FileInputStream("/proc/self/stat")) {
            stat = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        // The second field is the command in brackets and may hold blanks and brackets itself.
        int from = stat.lastIndexOf(')') + 2;
        for (int field = 3; field < START_TIME_FIELD; field++) {
            from = stat.indexOf(' ', from) + 1;
        }
        return Long.parseLong(stat.substring(from, stat.indexOf(' ', from)));
    }
}
