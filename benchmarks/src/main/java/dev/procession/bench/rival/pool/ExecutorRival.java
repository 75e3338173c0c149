package dev.procession.bench.rival.pool;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A {@link Workload} on an executor that is kept for all rounds. */
public final class ExecutorRival implements Rival {

    private static final long END_SECONDS = 30;

    private final String name;
    private final String version;
    private final Supplier<? extends ExecutorService> factory;
    private final Workload workload;
    private @Nullable ExecutorService executor;

    public ExecutorRival(
            String name,
            String version,
            Supplier<? extends ExecutorService> factory,
            Workload workload) {
        this.name = name;
        this.version = version;
        this.factory = factory;
        this.workload = workload;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void open() {
        executor = factory.get();
    }

    @Override
    public Figure measure(int amount) throws Exception {
        if (executor == null) {
            throw new IllegalStateException("not open: " + name);
        }
        return workload.measure(executor, amount);
    }

    @Override
    public void close() throws InterruptedException {
        if (executor == null) {
            return;
        }
        executor.shutdownNow();
        if (!executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " did not end: seconds=" + END_SECONDS);
        }
    }
}
