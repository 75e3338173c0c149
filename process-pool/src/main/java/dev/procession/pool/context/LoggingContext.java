package dev.procession.pool.context;

import dev.procession.pool.TaskContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The diagnostic context of SLF4J, so that a worker's log lines have the request's id. */
public final class LoggingContext implements TaskContext<Map<String, String>> {

    private static final long serialVersionUID = 1L;

    /**
     * Makes it.
     *
     * @throws NoClassDefFoundError if SLF4J is not there
     */
    public LoggingContext() {
        Object unused = MDC.getMDCAdapter();
    }

    @Override
    public @Nullable Map<String, String> capture() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return entries == null || entries.isEmpty() ? null : entries;
    }

    @Override
    public void restore(Map<String, String> entries) {
        MDC.setContextMap(entries);
    }

    @Override
    public void clear() {
        MDC.clear();
    }
}
