package dev.procession.system.program;

import dev.procession.core.ChildProcess;
import dev.procession.pool.ProcessPoolExecutor;

/**
 * A program whose workers compute without end, and that ends in the way that its argument names.
 */
public final class ComputingParent {

    /** Printed before the first worker is started. */
    public static final String STARTING = "starting ";

    /** Printed by each worker, with its pid, when it computes. */
    public static final String COMPUTING = "computing ";

    public static final int WORKERS = 3;

    /** How the program ends while its workers compute. */
    public enum Ending {
        /** Only when another process ends it. */
        NONE,
        /** Its main thread returns, and all other threads are daemons. */
        RETURN,
        /** {@code System.exit}. */
        EXIT,
        /** {@code Runtime.halt}, which runs no shutdown hook. */
        HALT,
        /** An uncaught exception in its main thread. */
        THROW
    }

    private ComputingParent() {}

    /** Takes the ending; waits for a line on standard input before it ends. */
    public static void main(String[] args) throws Exception {
        Ending ending = Ending.valueOf(args[0]);
        System.out.println(STARTING);
        if (ending == Ending.RETURN || ending == Ending.THROW) {
            for (int i = 0; i < WORKERS; i++) {
                ChildProcess.builder().daemon(true).start(Work::computeForEver);
            }
        } else {
            ProcessPoolExecutor pool = new ProcessPoolExecutor(WORKERS);
            for (int i = 0; i < WORKERS; i++) {
                pool.execute(Task.FOR_EVER);
            }
        }
        if (System.in.read() < 0) {
            throw new IllegalStateException("the test has ended");
        }
        switch (ending) {
            case NONE, RETURN -> {}
            case EXIT -> System.exit(0);
            case HALT -> Runtime.getRuntime().halt(0);
            case THROW -> throw new IllegalStateException("thrown for the test");
        }
    }

    /** An enum constant travels as its name. */
    private enum Task implements Runnable {
        FOR_EVER;

        @Override
        public void run() {
            Work.computeForEver();
        }
    }
}
