package dev.procession.pool;

import dev.procession.core.ProcessOutput;

/** Pools for tests, and what their tasks return. */
final class TestPools {

    private TestPools() {}

    /** Returns the builder of a pool whose workers print nothing. */
    static ProcessPoolExecutor.Builder quiet(int workers) {
        return ProcessPoolExecutor.builder().workers(workers).output(ProcessOutput.discard());
    }

    /** Returns the id of the process that calls this: a task that says where it runs. */
    static long pid() {
        return ProcessHandle.current().pid();
    }
}
