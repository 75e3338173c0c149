package dev.procession.bench.rival.pool;

import dev.procession.bench.race.Figure;
import java.util.concurrent.ExecutorService;

/** Work for any executor, of threads or of processes. */
@FunctionalInterface
public interface Workload {

    /** Does an amount of work and returns the figure. */
    Figure measure(ExecutorService executor, int amount) throws Exception;
}
