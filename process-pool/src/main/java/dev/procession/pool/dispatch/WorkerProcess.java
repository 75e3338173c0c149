package dev.procession.pool.dispatch;

import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ResultListener;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;

/** Starts the process of a worker. */
final class WorkerProcess {

    private static final Log LOG = Log.of(WorkerProcess.class);

    private WorkerProcess() {}

    /**
     * Starts the process, as {@link ChildJvm#start} does.
     *
     * @param name what messages and threads call the worker
     * @param mark see {@link LeftoverProcesses}
     * @param work makes the worker's lane
     */
    static ChildJvm start(PoolOptions options, String name, String mark, ChildJvm.Work work)
            throws IOException {
        return ChildJvm.start(
                options.launch()
                        .named(name)
                        .withVariable(
                                LeftoverProcesses.VARIABLE, LeftoverProcesses.inherited(mark)),
                options.entryPoint(),
                work,
                new NoResult());
    }

    /** A worker sends its results through its lane. */
    private static final class NoResult implements ResultListener {
        @Override
        public void received(byte[] result) {}

        @Override
        public void failed(Throwable cause) {
            LOG.log(Level.WARNING, "a worker has sent what it never sends", cause);
        }
    }
}
