package dev.procession.pool;

import dev.procession.core.log.Log;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The contexts that {@link ServiceLoader} finds: ours, and those of others. One whose own library
 * is not there is left out.
 */
final class FoundContexts {

    private static final int MOST_FAILURES = 100;

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
     */
    static List<TaskContext<?>> besides(List<TaskContext<?>> given) {
        List<TaskContext<?>> all = new ArrayList<>(given);
        for (TaskContext<?> each : find()) {
            if (given.stream().noneMatch(named -> named.getClass() == each.getClass())) {
                all.add(each);
            }
        }
        return List.copyOf(all);
    }
}
