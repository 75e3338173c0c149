package dev.procession.pool.context;

import dev.procession.pool.TaskContext;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.time.temporal.TemporalAccessor;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The thread locals for which Micrometer's context propagation has accessors, as far as their
 * values can leave the process: strings, numbers, booleans, enums, UUIDs and times. A worker sets
 * those that it has an accessor for.
 */
public final class PropagatedContext implements TaskContext<Map<String, Object>> {

    private static final long serialVersionUID = 1L;

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
                || value instanceof Enum<?>
                || value instanceof UUID
                || (value instanceof Number && isOfTheJdk(value))
                || (value instanceof TemporalAccessor && isOfTheJdk(value));
    }

    private static boolean isOfTheJdk(Object value) {
        return value.getClass().getModule() == Object.class.getModule();
    }

    @Override
    public void restore(Map<String, Object> values) {
        for (ThreadLocalAccessor<?> accessor : accessors()) {
            Object value = values.get(name(accessor));
            if (value != null) {
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
        accessors().forEach(ThreadLocalAccessor::setValue);
    }

    private static Iterable<ThreadLocalAccessor<?>> accessors() {
        return ContextRegistry.getInstance().getThreadLocalAccessors();
    }

    private static String name(ThreadLocalAccessor<?> accessor) {
        return String.valueOf(accessor.key());
    }
}
