package dev.procession.pool.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says about the memory of a process. */
final class ResidentMemory {

    private static final String WORD = "VmRSS:";
    private static final int BYTES_PER_KIB = 1024;

    private ResidentMemory() {}

    /** The bytes of a process that are in memory; 0 when that cannot be told, or it has ended. */
    static long ofProcess(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith(WORD)) {
                    String kib = line.substring(WORD.length(), line.length() - 2).trim();
                    return Long.parseLong(kib) * BYTES_PER_KIB;
                }
            }
        } catch (IOException e) {
            // It has ended, or this is another system.
        }
        return 0;
    }
}
