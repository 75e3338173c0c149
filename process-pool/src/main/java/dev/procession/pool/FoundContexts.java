package dev.procession.pool;

import dev.procession.core.log.Log;
import dev.procession.pool.context.LoggingContext;
import dev.procession.pool.context.PropagatedContext;
import dev.procession.pool.context.TraceContext;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The contexts that {@link ServiceLoader} finds: ours, and those of others. One whose own library
 * is not there is left out.
 */
final class FoundContexts {

    private static final int MOST_FAILURES = 100;

    /** A class of the library that each context of ours uses. */
    private static final Map<String, String> LIBRARIES =
            Map.of(
                    LoggingContext.class.getName(), "org.slf4j.MDC",
                    PropagatedContext.class.getName(), "io.micrometer.context.ContextRegistry",
                    TraceContext.class.getName(), "io.opentelemetry.api.GlobalOpenTelemetry");

    private static final Log LOG = Log.of(FoundContexts.class);

    private FoundContexts() {}

    /** Looks for them in the class path that has this Procession; it opens all JARs of it. */
    @SuppressWarnings("rawtypes") // a service is a class
    static List<TaskContext<?>> find() {
        List<TaskContext<?>> found = new ArrayList<>();
        Iterator<TaskContext> providers =
                ServiceLoader.load(TaskContext.class, TaskContext.class.getClassLoader())
                        .iterator();
        int failures = 0;
        boolean more = true;
        while (more) {
            try {
                more = providers.hasNext();
                if (more) {
                    found.add(providers.next());
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                boolean isAbsent = // newer JDKs look for a constructor, and do not wrap that
                        e instanceof NoClassDefFoundError
                                || e.getCause() instanceof NoClassDefFoundError;
                LOG.report(
                        isAbsent ? Level.DEBUG : Level.WARNING,
                        "a context does not travel with tasks",
                        e);
                more = ++failures < MOST_FAILURES; // the iterator need not get on
            }
        }
        return found;
    }

    /**
     * Returns the given contexts, and those found that are no given ones' like.
     *
     * @param given what the user has named
     * @param classPath of the workers; null if that is not known
     */
    static List<TaskContext<?>> besides(List<TaskContext<?>> given, @Nullable String classPath) {
        List<TaskContext<?>> all = new ArrayList<>(given);
        try (WorkerClassPath workers = new WorkerClassPath(classPath)) {
            for (TaskContext<?> each : find()) {
                if (given.stream().noneMatch(named -> named.getClass() == each.getClass())
                        && canRestore(workers, each)) {
                    all.add(each);
                }
            }
        }
        return List.copyOf(all);
    }

    /** Whether the workers have what a context needs; otherwise each task would fail there. */
    private static boolean canRestore(WorkerClassPath workers, TaskContext<?> context) {
        String name = context.getClass().getName();
        String needed = LIBRARIES.getOrDefault(name, name);
        if (workers.hasClass(name) && workers.hasClass(needed)) {
            return true;
        }
        LOG.report(
                Level.WARNING,
                "a context does not travel with the tasks of a pool, as its class path lacks a"
                        + " class: context="
                        + name
                        + ", class="
                        + needed,
                null);
        return false;
    }
}
