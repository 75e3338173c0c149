package dev.procession.samples;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.testing.WarmUp;

/** Opens the resources that this JVM keeps for all its children and pools. */
public final class PoolWarmUp implements WarmUp {

    /** Made by {@link java.util.ServiceLoader}. */
    public PoolWarmUp() {}

    @Override
    public void run() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(1)) {
            pool.submit(() -> 1).get();
        }
    }
}
