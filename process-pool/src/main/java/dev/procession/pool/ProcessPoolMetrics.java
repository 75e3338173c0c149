package dev.procession.pool;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The meters of a pool for Micrometer, beside {@code ExecutorServiceMetrics}: for an executor whose
 * workers are processes. Micrometer has to be on the class path, or its module required; nothing
 * else needs it.
 *
 * <pre>{@code
 * new ProcessPoolMetrics(pool).bindTo(registry);
 * }</pre>
 *
 * <p>All meters have the tag {@code name}, the pool's, and the tags given here:
 *
 * <ul>
 *   <li>{@code procession.pool.queued}, {@code procession.pool.running}: tasks
 *   <li>{@code procession.pool.submitted}, {@code procession.pool.retried}: tasks and attempts ever
 *   <li>{@code procession.pool.completed}: tasks ever, with the tag {@code outcome}, one of {@code
 *       succeeded}, {@code failed}, {@code cancelled}
 *   <li>{@code procession.pool.failures}: of the failed ones, with the tag {@code cause}, those
 *       that {@code timedOut} and {@code crashed}
 *   <li>{@code procession.pool.run}, {@code procession.pool.wait}: how many tasks ran or waited,
 *       and how long all together; {@code .percentile} and {@code .max} are since the pool began
 *   <li>{@code procession.pool.workers}: processes now, with the tag {@code state}; {@code
 *       procession.pool.workers.started}, {@code .lost}: ever; {@code .heap}, {@code .resident}:
 *       bytes of all together
 * </ul>
 *
 * <p>Each reading asks the pool, see {@link ProcessPoolExecutor#stats} and {@link
 * ProcessPoolExecutor#workers}. The registry does not keep the pool alive: once it is collected its
 * meters read nothing. Thread-safe.
 */
@SuppressWarnings("exports") // only users of this class need Micrometer
public final class ProcessPoolMetrics implements MeterBinder {

    private static final String PREFIX = "procession.pool.";

    private final ProcessPoolExecutor pool;
    private final Tags tags;

    /**
     * Makes the metrics of a pool.
     *
     * @param pool the pool
     */
    public ProcessPoolMetrics(ProcessPoolExecutor pool) {
        this(pool, Tags.empty());
    }

    /**
     * Makes the metrics of a pool, with additional tags.
     *
     * @param pool the pool
     * @param tags what all meters have besides the pool's name
     */
    public ProcessPoolMetrics(ProcessPoolExecutor pool, Iterable<Tag> tags) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.tags = Tags.of("name", pool.name()).and(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "queued", BaseUnits.TASKS, stats -> stats.queued());
        gauge(registry, "running", BaseUnits.TASKS, stats -> stats.running());
        count(registry, "submitted", tags, stats -> stats.submitted());
        count(registry, "retried", tags, stats -> stats.retried());
        count(registry, "completed", tags.and("outcome", "succeeded"), stats -> stats.succeeded());
        count(registry, "completed", tags.and("outcome", "failed"), stats -> stats.failed());
        count(registry, "completed", tags.and("outcome", "cancelled"), stats -> stats.cancelled());
        count(registry, "failures", tags.and("cause", "timedOut"), stats -> stats.timedOut());
        count(registry, "failures", tags.and("cause", "crashed"), stats -> stats.crashed());
        time(registry, "run", PoolStats::runTime);
        time(registry, "wait", PoolStats::waitTime);
        count(registry, "workers.started", tags, stats -> stats.workersStarted());
        count(registry, "workers.lost", tags, stats -> stats.workersLost());
        for (WorkerState state : EnumSet.complementOf(EnumSet.of(WorkerState.DEAD))) {
            Gauge.builder(PREFIX + "workers", pool, of -> count(of, state))
                    .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
        bytes(registry, "workers.heap", WorkerInfo::heapBytes);
        bytes(registry, "workers.resident", WorkerInfo::residentBytes);
    }

    private static double count(ProcessPoolExecutor of, WorkerState state) {
        return of.workers().stream().filter(worker -> worker.state() == state).count();
    }

    private void gauge(
            MeterRegistry registry, String what, String unit, ToDoubleFunction<PoolStats> value) {
        Gauge.builder(PREFIX + what, pool, of -> value.applyAsDouble(of.stats()))
                .tags(tags)
                .baseUnit(unit)
                .register(registry);
    }

    private void count(
            MeterRegistry registry, String what, Tags with, ToDoubleFunction<PoolStats> value) {
        FunctionCounter.builder(PREFIX + what, pool, of -> value.applyAsDouble(of.stats()))
                .tags(with)
                .register(registry);
    }

    private void time(
            MeterRegistry registry, String what, Function<PoolStats, DurationHistogram> of) {
        FunctionTimer.builder(
                        PREFIX + what,
                        pool,
                        asked -> of.apply(asked.stats()).count(),
                        asked -> total(of.apply(asked.stats())),
                        TimeUnit.NANOSECONDS)
                .tags(tags)
                .register(registry);
        for (double percent : new double[] {50, 99}) {
            nanos(
                    registry,
                    what + ".percentile",
                    tags.and("percentile", Double.toString(percent / 100)),
                    stats -> of.apply(stats).percentile(percent).toNanos());
        }
        nanos(registry, what + ".max", tags, stats -> of.apply(stats).max().toNanos());
    }

    private static double total(DurationHistogram durations) {
        return (double) durations.mean().toNanos() * durations.count();
    }

    private void nanos(
            MeterRegistry registry, String what, Tags with, ToDoubleFunction<PoolStats> value) {
        TimeGauge.builder(
                        PREFIX + what,
                        pool,
                        TimeUnit.NANOSECONDS,
                        asked -> value.applyAsDouble(asked.stats()))
                .tags(with)
                .register(registry);
    }

    private void bytes(MeterRegistry registry, String what, ToDoubleFunction<WorkerInfo> value) {
        Gauge.builder(PREFIX + what, pool, of -> of.workers().stream().mapToDouble(value).sum())
                .tags(tags)
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }
}
