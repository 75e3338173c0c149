package dev.procession.pool.context;

import dev.procession.pool.TaskContext;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The thread locals for which Micrometer's context propagation has accessors, as far as their
 * values can leave the process: strings, numbers, booleans, UUIDs and times. A worker sets those
 * that it has an accessor for.
 */
public final class PropagatedContext implements TaskContext<Map<String, Object>> {

    private static final long serialVersionUID = 1L;

    /** What the tasks of this thread have set: a task may run another one. */
    private static final ThreadLocal<Deque<List<ThreadLocalAccessor<?>>>> RESTORED =
            ThreadLocal.withInitial(ArrayDeque::new);

    /**
     * Makes it.
     *
     * @throws NoClassDefFoundError if the library is not there
     */
    public PropagatedContext() {
        Object unused = ContextRegistry.getInstance();
    }

    @Override
    public @Nullable Map<String, Object> capture() {
        Map<String, Object> values = null;
        for (ThreadLocalAccessor<?> accessor : accessors()) {
            Object value = accessor.getValue();
            if (value != null && canLeave(value)) {
                values = values == null ? new HashMap<>() : values;
                values.put(name(accessor), value);
            }
        }
        return values;
    }

    private static boolean canLeave(Object value) {
        return value instanceof String
                || value instanceof Boolean
                || value instanceof UUID
                || (value instanceof Number && isOfTheJdk(value))
                || (value instanceof TemporalAccessor && isOfTheJdk(value));
    }

    private static boolean isOfTheJdk(Object value) {
        return value.getClass().getModule() == Object.class.getModule();
    }

    @Override
    public void restore(Map<String, Object> values) {
        List<ThreadLocalAccessor<?>> restored = new ArrayList<>();
        RESTORED.get().push(restored); // first, so that what is set is cleared whatever happens
        for (ThreadLocalAccessor<?> accessor : accessors()) {
            Object value = values.get(name(accessor));
            if (value != null) {
                restored.add(accessor);
                set(accessor, value);
            }
        }
    }

    /** The accessor of the same name in the parent returned a value of its type. */
    @SuppressWarnings("unchecked")
    private static <V> void set(ThreadLocalAccessor<V> accessor, Object value) {
        accessor.setValue((V) value);
    }

    @Override
    public void clear() {
        List<ThreadLocalAccessor<?>> restored = RESTORED.get().poll();
        if (restored != null) {
            restored.forEach(ThreadLocalAccessor::setValue);
        }
    }

    private static Iterable<ThreadLocalAccessor<?>> accessors() {
        return ContextRegistry.getInstance().getThreadLocalAccessors();
    }

    private static String name(ThreadLocalAccessor<?> accessor) {
        return String.valueOf(accessor.key());
    }
}
