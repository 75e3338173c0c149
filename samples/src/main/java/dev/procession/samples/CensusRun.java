package dev.procession.samples;

import dev.procession.core.Futures;
import dev.procession.core.SerializableCallable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Submits modules to an executor, one task each, and collects the counts as they complete. */
final class CensusRun {

    private final ExecutorService executor;
    private final List<ModuleCount> counts = new ArrayList<>();
    private final Map<String, Throwable> failures = new TreeMap<>();

    CensusRun(ExecutorService executor) {
        this.executor = executor;
    }

    /**
     * Counts modules, in addition to those counted before.
     *
     * @param title the text beside the progress bar
     * @param modules their names; one that failed before is counted again
     * @param afterEach runs in this thread after each completed task
     */
    void count(String title, Collection<String> modules, Runnable afterEach)
            throws InterruptedException {
        failures.keySet().removeAll(modules);
        IdentityHashMap<Future<ModuleCount>, String> futures = new IdentityHashMap<>();
        List<Future<ModuleCount>> inOrder = new ArrayList<>();
        for (String module : modules) {
            Future<ModuleCount> future =
                    executor.submit(SerializableCallable.of(() -> JdkModules.count(module)));
            futures.put(future, module);
            inOrder.add(future);
        }
        try (Progress progress = new Progress(title, modules.size());
                Stream<Future<ModuleCount>> completed = Futures.asCompleted(inOrder)) {
            Iterator<Future<ModuleCount>> each = completed.iterator();
            while (each.hasNext()) {
                Future<ModuleCount> future = each.next();
                try {
                    counts.add(future.get());
                } catch (ExecutionException failure) {
                    failures.put(futures.get(future), failure.getCause());
                }
                progress.step();
                afterEach.run();
            }
        }
    }

    /** The modules whose task failed, with the reason. */
    Map<String, Throwable> failures() {
        return failures;
    }

    /** The counts so far. */
    Census census() {
        return Census.of(counts);
    }
}
