package dev.procession.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The command that sets on which processors a process may run. */
interface Taskset {

    /** A thread that ends while the command goes through all of them makes it fail. */
    int ATTEMPTS = 3;

    /**
     * Lets all threads of a process run on some processors only.
     *
     * @param processors their numbers, as the kernel writes them: {@code 0-3,8}
     * @throws IOException if the command is not there, or failed
     */
    void pin(long pid, String processors) throws IOException;

    /** Runs the command. */
    static void run(long pid, String processors) throws IOException {
        String output = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Process process =
                    new ProcessBuilder("taskset", "-a", "-c", "-p", processors, Long.toString(pid))
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // Also when this thread is interrupted, because pinned processes have to be released.
            if (process.onExit().join().exitValue() == 0) {
                return;
            }
        }
        throw new IOException("taskset failed: pid=" + pid + ", output=" + output.strip());
    }
}
