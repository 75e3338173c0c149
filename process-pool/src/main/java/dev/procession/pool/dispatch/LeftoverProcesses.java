package dev.procession.pool.dispatch;

import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The processes that a dead worker's tasks have started: every process that inherited the worker's
 * mark in its environment. Running this kills them. A process that cleared its environment is not
 * found.
 *
 * @param mark the worker's, unlike any other's
 */
record LeftoverProcesses(String mark) implements Runnable {

    private static final Log LOG = Log.of(LeftoverProcesses.class);

    /** The variable with the marks; in a worker of a worker it has both. */
    static final String VARIABLE = "PROCESSION_WORKER";

    private static final int ROUNDS = 20;
    private static final Path PROCESSES = Path.of("/proc");

    /** Returns the mark of a worker that is about to be started in this place of a pool. */
    static String newMark(int index) {
        return ProcessHandle.current().pid() + "-" + index + "-" + System.nanoTime();
    }

    /** Returns the value of the variable for a worker of this process. */
    static String inherited(String mark) {
        String outer = System.getenv(VARIABLE);
        return outer == null ? mark : outer + "," + mark;
    }

    @Override
    public void run() {
        // A process may have forked just before it is killed; the next round finds its child.
        for (int round = 0; round < ROUNDS; round++) {
            if (killAll() == 0) {
                return;
            }
        }
    }

    private int killAll() {
        int killed = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
            for (Path process : all) {
                if (carriesMark(process) && kill(process)) {
                    killed++;
                }
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot look for processes that tasks have left", e);
        }
        return killed;
    }

    private boolean carriesMark(Path process) {
        try {
            String environment =
                    Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            return environment.contains(VARIABLE + "=")
                    && (environment.contains(mark + "\0") || environment.contains(mark + ","));
        } catch (IOException e) {
            return false; // another user's, or it has ended
        }
    }

    private static boolean kill(Path process) {
        Optional<ProcessHandle> handle =
                ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
        return handle.isPresent() && handle.get().destroyForcibly();
    }
}
