package dev.procession.pool;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests extend that have a quiet pool of their own for each test. */
abstract class OwnPool {

    private final int workers;
    ProcessPoolExecutor pool;

    OwnPool(int workers) {
        this.workers = workers;
    }

    @BeforeEach
    void open() {
        pool = TestPools.quiet(workers).build();
    }

    @AfterEach
    void close() {
        pool.killWorkers();
        pool.close();
        pool = null; // a pool keeps its lanes mapped until it is collected
    }
}
