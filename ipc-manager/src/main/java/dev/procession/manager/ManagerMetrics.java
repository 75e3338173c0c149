package dev.procession.manager;

import dev.procession.manager.client.ManagerClient;
import dev.procession.manager.proxy.RemoteManager;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a manager for Micrometer: of its server, and of this process as its client.
 * Micrometer has to be on the class path, or its module required; nothing else needs it.
 *
 * <pre>{@code
 * new ManagerMetrics(manager).bindTo(registry);
 * }</pre>
 *
 * <p>All meters have the tag {@code address}, the manager's, and the tags given here:
 *
 * <ul>
 *   <li>{@code procession.manager.objects}: shared objects
 *   <li>{@code procession.manager.bytes}, {@code procession.manager.bytes.max}: bytes of keys and
 *       values, and how many the server stores
 *   <li>{@code procession.manager.connections}, {@code procession.manager.clients}: connections and
 *       processes that use the server
 *   <li>{@code procession.manager.waiting}: requests that wait, for example for a lock
 *   <li>{@code procession.manager.operations}, {@code procession.manager.failures}, {@code
 *       procession.manager.clients.ended}: ever
 *   <li>{@code procession.manager.client.calls}, {@code procession.manager.client.waits}: calls of
 *       this process ever, and those of them that may wait in the server
 *   <li>{@code procession.manager.client.reconnects}: connections of this process after the first
 * </ul>
 *
 * <p>One question to the server, at most once a second, serves all meters. A server that does not
 * answer within a quarter of a second, because it is dead or stopped, or a manager that is closed
 * here, gives {@code NaN}; the counters keep their last values. The registry does not keep the
 * manager alive: once it is collected its meters read nothing. Thread-safe.
 */
@SuppressWarnings("exports") // only users of this class need Micrometer
public final class ManagerMetrics implements MeterBinder {

    private static final String PREFIX = "procession.manager.";

    private final RemoteManager manager;
    private final Tags tags;

    /**
     * Makes the metrics of a manager.
     *
     * @param manager the manager, from one of the methods that start, embed or connect one
     */
    public ManagerMetrics(Manager manager) {
        this(manager, Tags.empty());
    }

    /**
     * Makes the metrics of a manager, with additional tags.
     *
     * @param manager the manager, from one of the methods that start, embed or connect one
     * @param tags what all meters have besides the manager's address
     * @throws IllegalArgumentException if it is another implementation of {@link Manager}
     */
    public ManagerMetrics(Manager manager, Iterable<Tag> tags) {
        if (!(Objects.requireNonNull(manager, "manager") instanceof RemoteManager remote)) {
            throw new IllegalArgumentException(
                    "there are meters only for Procession's own managers: class="
                            + manager.getClass().getName());
        }
        this.manager = remote;
        this.tags = Tags.of("address", manager.address().toString()).and(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        RecentStats stats = new RecentStats();
        gauge(registry, stats, "objects", BaseUnits.OBJECTS, of -> figure(of, of.objects()));
        gauge(registry, stats, "bytes", BaseUnits.BYTES, ManagerStats::bytes);
        gauge(registry, stats, "bytes.max", BaseUnits.BYTES, of -> figure(of, of.maxBytes()));
        gauge(registry, stats, "connections", BaseUnits.CONNECTIONS, ManagerStats::connections);
        gauge(registry, stats, "clients", "processes", ManagerStats::clients);
        gauge(registry, stats, "waiting", "requests", ManagerStats::waitingRequests);
        count(registry, stats, "operations", ManagerStats::operations);
        count(registry, stats, "failures", ManagerStats::failures);
        count(registry, stats, "clients.ended", ManagerStats::endedClients);
        count(registry, "client.calls", ManagerClient::callsEver);
        count(registry, "client.waits", ManagerClient::waitsEver);
        count(registry, "client.reconnects", ManagerClient::reconnectsEver);
    }

    /** A figure that older servers do not give; they do not give their bound either. */
    private static double figure(ManagerStats stats, long figure) {
        return stats.maxBytes() == 0 ? Double.NaN : figure;
    }

    private void gauge(
            MeterRegistry registry,
            RecentStats stats,
            String what,
            String unit,
            ToDoubleFunction<ManagerStats> value) {
        Gauge.builder(PREFIX + what, manager, of -> value(stats.recent(of), value, Double.NaN))
                .tags(tags)
                .baseUnit(unit)
                .register(registry);
    }

    private void count(
            MeterRegistry registry,
            RecentStats stats,
            String what,
            ToDoubleFunction<ManagerStats> value) {
        FunctionCounter.builder(PREFIX + what, manager, of -> value(stats.known(of), value, 0))
                .tags(tags)
                .register(registry);
    }

    private static double value(
            @Nullable ManagerStats stats, ToDoubleFunction<ManagerStats> value, double without) {
        return stats == null ? without : value.applyAsDouble(stats);
    }

    private void count(MeterRegistry registry, String what, ToDoubleFunction<ManagerClient> value) {
        FunctionCounter.builder(PREFIX + what, manager, of -> value.applyAsDouble(of.client()))
                .tags(tags)
                .register(registry);
    }
}
