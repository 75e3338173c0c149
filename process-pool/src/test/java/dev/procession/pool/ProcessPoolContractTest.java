package dev.procession.pool;

import dev.procession.core.ProcessOutput;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/** A pool of processes takes the place of the JDK's. */
class ProcessPoolContractTest extends ExecutorServiceContract {

    @Override
    ExecutorService make(int workers) {
        return ProcessPoolExecutor.builder()
                .workers(workers)
                .output(ProcessOutput.discard())
                .cancelGrace(Duration.ofSeconds(30)) // an interrupted task has time to say so
                .build();
    }
}
