package dev.procession.system.program;

import com.google.common.base.Throwables;
import dev.procession.core.ChildProcess;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.Shared;
import java.io.IOException;

/**
 * A program that needs more shared memory in each step, continues after each failure, and prints
 * how each step ended. It always ends normally.
 */
public final class SmallMemoryProgram {

    /** The suffix of the line of a step that succeeded. */
    public static final String WORKED = ": worked";

    /** A part of the line of a step that failed with an {@link IOException} in its causes. */
    public static final String IO_FAILURE = ": failed by IOException: ";

    /** A part of the line of a step that failed otherwise. */
    public static final String OTHER_FAILURE = ": failed otherwise: ";

    /** The prefix of the line with its pid. */
    public static final String PID = "pid ";

    /** The number of steps that a program with enough room prints. */
    public static final int STEPS = 7;

    private static final int LARGE_BYTES = 2_000_000;

    private SmallMemoryProgram() {}

    private interface Step {
        void run() throws Exception;
    }

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.println(PID + ProcessHandle.current().pid());
        run("pool", SmallMemoryProgram::usePool);
        run(
                "child",
                () -> {
                    try (ChildProcess<Integer> child = ChildProcess.start(() -> 3)) {
                        check(child.result() == 3);
                    }
                });
    }

    private static void usePool() {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            if (!run("small task", () -> check(pool.submit(() -> 1).get() == 1))) {
                return; // without workers the next tasks would fail in the same way, seconds later
            }
            byte[] large = Work.bytes(7, LARGE_BYTES);
            run("large argument", () -> check(pool.submit(() -> (int) large[9]).get() == 7));
            run(
                    "large result",
                    () -> check(pool.submit(() -> Work.bytes(7, LARGE_BYTES)).get()[9] == 7));
            run(
                    "shared value",
                    () -> {
                        try (Shared<byte[]> shared = pool.share(large)) {
                            check(pool.submit(() -> (int) shared.get()[9]).get() == 7);
                        }
                    });
            run("small task again", () -> check(pool.submit(() -> 2).get() == 2));
        }
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("a wrong value came back");
        }
    }

    private static boolean run(String name, Step step) {
        try {
            step.run();
            System.out.println(name + WORKED);
            return true;
        } catch (Throwable e) { // the test judges the failure
            boolean io =
                    Throwables.getCausalChain(e).stream().anyMatch(IOException.class::isInstance);
            System.out.println(name + (io ? IO_FAILURE : OTHER_FAILURE) + e);
            if (!io) {
                e.printStackTrace();
            }
            return false;
        }
    }
}
