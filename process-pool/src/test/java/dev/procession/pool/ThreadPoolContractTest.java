package dev.procession.pool;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's pool keeps the contract as the tests have it. */
class ThreadPoolContractTest extends ExecutorServiceContract {

    @Override
    ExecutorService make(int workers) {
        return Executors.newFixedThreadPool(workers);
    }
}
