package dev.procession.pool.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads how much memory of a process is resident. */
final class ResidentMemory {

    private static final String WORD = "VmRSS:";
    private static final int BYTES_PER_KIB = 1024;

    private ResidentMemory() {}

    /** Returns the resident bytes of a process; 0 if it has ended, or the system does not tell. */
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
