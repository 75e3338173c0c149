package dev.procession.system;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.testing.WarmUp;

/** Opens the resources that this JVM keeps for all its children and pools. */
public final class PoolWarmUp implements WarmUp {

    /** Used by the watcher. */
    public PoolWarmUp() {}

    @Override
    public void run() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 1).get();
        }
    }
}
