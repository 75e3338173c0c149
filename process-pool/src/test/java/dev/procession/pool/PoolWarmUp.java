package dev.procession.pool;

import dev.procession.testing.WarmUp;

/** Opens the files that this JVM keeps open for all its children and pools. */
public final class PoolWarmUp implements WarmUp {

    /** Made by the watcher of leaks. */
    public PoolWarmUp() {}

    @Override
    public void run() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 1).get();
        }
    }
}
