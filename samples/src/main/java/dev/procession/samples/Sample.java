package dev.procession.samples;

import java.io.PrintStream;

/** The samples, in the order of the tour. */
enum Sample {
    STARTING("Starting: a thread in two ways, and a process") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return Starting.run(out);
        }
    },
    SAMECODE("SameCode: submit, get, asCompleted and map, by threads and by processes") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return SameCode.run(out);
        }
    },
    FIB("Fib: a pool of threads and a pool of processes, the same code") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return Fib.run(out);
        }
    },
    HERMIONE("Hermione: a pipe between children, one way and both ways") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return Hermione.run(out);
        }
    },
    CHAIN("LongestChain: a progress bar over map") {
        @Override
        boolean run(PrintStream out) {
            return LongestChain.run(out);
        }
    },
    CENSUS("ClassCensus: every class of the JDK, and a worker killed in the middle") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return ClassCensus.run(out);
        }
    },
    AUTHORS("TwoAuthors: a shared dict, filled by two processes") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return TwoAuthors.run(out);
        }
    },
    UPDATES("LostUpdates: get-then-put, and three cures") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return LostUpdates.run(out);
        }
    },
    JOBS("JobBoard: jobs on lease, and a worker that is killed with one") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return JobBoard.run(out);
        }
    },
    QUEUES("Queues: one queue between threads, processes, and the tasks of a pool") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return Queues.run(out);
        }
    },
    DOCUMENTS("Documents: a folder of PDF files, some of them hostile") {
        @Override
        boolean run(PrintStream out) throws Exception {
            return Documents.run(out);
        }
    };

    private final String heading;

    Sample(String heading) {
        this.heading = heading;
    }

    /** The title of the sample, in one line. */
    String heading() {
        return heading;
    }

    /**
     * Runs the sample.
     *
     * @param out receives its report
     * @return whether all its checks hold
     */
    abstract boolean run(PrintStream out) throws Exception;
}
