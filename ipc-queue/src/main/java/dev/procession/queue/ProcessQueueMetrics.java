package dev.procession.queue;

import dev.procession.queue.ring.QueueFigures;
import dev.procession.queue.ring.TwoLockRing;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * The meters of a queue for Micrometer: for a {@code BlockingQueue} that many processes use, the
 * figures of all of them. Micrometer has to be on the class path, or its module required; nothing
 * else needs it.
 *
 * <pre>{@code
 * new ProcessQueueMetrics(queue).bindTo(registry);
 * }</pre>
 *
 * <p>All meters have the tag {@code name}, the queue's name or, if it has none, that of its shared
 * memory, and the tags given here:
 *
 * <ul>
 *   <li>{@code procession.queue.size}, {@code procession.queue.capacity}: elements
 *   <li>{@code procession.queue.bytes}, {@code procession.queue.capacity.bytes}: bytes of encoded
 *       elements
 *   <li>{@code procession.queue.users}: processes that have the queue open; a dead one counts until
 *       another process needs its place
 *   <li>{@code procession.queue.leased}: elements that are leased and not acknowledged
 *   <li>{@code procession.queue.put}, {@code procession.queue.taken}: elements ever, by all
 *       processes; leased and removed ones count as taken
 * </ul>
 *
 * <p>Each reading reads the queue's shared memory: it takes no lock, and does not wait for a
 * process that is stopped or dead. Once the queue is closed and empty the gauges are {@code NaN},
 * and the counters keep their last values. The queue counts elements modulo 2^32, so that the
 * counters need one reading in four billion elements. The registry does not keep the queue alive:
 * once it is collected its meters read nothing. Thread-safe.
 */
@SuppressWarnings("exports") // only users of this class need Micrometer
public final class ProcessQueueMetrics implements MeterBinder {

    private static final String PREFIX = "procession.queue.";

    private static final String ELEMENTS = "elements";

    /** A count that goes on where the queue's own wraps; keeps no queue alive. */
    private static final class Count {

        private final ToIntFunction<QueueFigures> value;
        private int last;
        private long total;

        Count(ToIntFunction<QueueFigures> value) {
            this.value = value;
        }

        synchronized double of(ProcessQueue<?> queue) {
            int now = value.applyAsInt(queue.core().ring().figures());
            total += Integer.toUnsignedLong(now - last);
            last = now;
            return total;
        }
    }

    private final ProcessQueue<?> queue;
    private final Tags tags;

    /**
     * Makes the metrics of a queue.
     *
     * @param queue the queue
     */
    public ProcessQueueMetrics(ProcessQueue<?> queue) {
        this(queue, Tags.empty());
    }

    /**
     * Makes the metrics of a queue, with additional tags.
     *
     * @param queue the queue
     * @param tags what all meters have besides the queue's name
     */
    public ProcessQueueMetrics(ProcessQueue<?> queue, Iterable<Tag> tags) {
        this.queue = Objects.requireNonNull(queue, "queue");
        this.tags = Tags.of("name", queue.core().waits().queue()).and(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "size", ELEMENTS, ring -> ring.figures().size());
        gauge(registry, "capacity", ELEMENTS, ring -> ring.shape().capacity());
        gauge(registry, "bytes", BaseUnits.BYTES, ring -> ring.figures().bytes());
        gauge(registry, "capacity.bytes", BaseUnits.BYTES, ring -> ring.shape().byteBound());
        gauge(registry, "users", "processes", ring -> ring.figures().users());
        gauge(registry, "leased", ELEMENTS, ring -> ring.figures().leased());
        count(registry, "put", QueueFigures::put);
        count(registry, "taken", QueueFigures::gone);
    }

    private void gauge(
            MeterRegistry registry, String what, String unit, ToDoubleFunction<TwoLockRing> value) {
        Gauge.builder(PREFIX + what, queue, of -> unlessOver(of, value))
                .tags(tags)
                .baseUnit(unit)
                .register(registry);
    }

    private static double unlessOver(ProcessQueue<?> of, ToDoubleFunction<TwoLockRing> value) {
        TwoLockRing ring = of.core().ring();
        return ring.seemsOver() ? Double.NaN : value.applyAsDouble(ring);
    }

    private void count(MeterRegistry registry, String what, ToIntFunction<QueueFigures> value) {
        Count count = new Count(value);
        FunctionCounter.builder(PREFIX + what, queue, count::of)
                .tags(tags)
                .baseUnit(ELEMENTS)
                .register(registry);
    }
}
