package dev.procession.pool;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@link TaskExecutor#map(dev.procession.core.SerializableFunction, Iterable,
 * MapOptions)} and its kin. Immutable.
 */
public final class MapOptions {

    /** Chunks of automatic size, results in the order of the items, no timeout. */
    public static final MapOptions DEFAULT = builder().build();

    private final int chunkSize;
    private final int buffer;
    private final @Nullable Duration timeout;
    private final boolean unordered;

    private MapOptions(Builder builder) {
        chunkSize = builder.chunkSize;
        buffer = builder.buffer;
        timeout = builder.timeout;
        unordered = builder.unordered;
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns how many items go to a worker at once.
     *
     * @return the number; empty if it is adapted while mapping, or one for {@code mapOutcomes}
     */
    public OptionalInt chunkSize() {
        return chunkSize == 0 ? OptionalInt.empty() : OptionalInt.of(chunkSize);
    }

    /**
     * Returns how many chunks may be submitted and not taken.
     *
     * @return the number; empty for four times the pool's workers, and 16 times for {@code
     *     mapOutcomes}
     */
    public OptionalInt buffer() {
        return buffer == 0 ? OptionalInt.empty() : OptionalInt.of(buffer);
    }

    /**
     * Returns how long all of it may take.
     *
     * @return the time from the call of {@code map}; empty without a limit
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * Returns whether results come as they are done.
     *
     * @return false if they come in the order of the items
     */
    public boolean isUnordered() {
        return unordered;
    }

    @Override
    public String toString() {
        return "MapOptions[chunkSize="
                + (chunkSize == 0 ? null : chunkSize)
                + ", buffer="
                + (buffer == 0 ? null : buffer)
                + ", timeout="
                + timeout
                + ", unordered="
                + unordered
                + "]";
    }

    /** Makes options. Not thread-safe; {@link #build} copies. */
    public static final class Builder {

        private int chunkSize;
        private int buffer;
        private @Nullable Duration timeout;
        private boolean unordered;

        private Builder() {}

        /**
         * Sends so many items to a worker at once.
         *
         * @param items by default the number is adapted while mapping, so that a chunk takes a few
         *     milliseconds: one item if each takes longer, thousands of short ones; by default one
         *     for {@link TaskExecutor#mapOutcomes mapOutcomes}
         * @return this builder
         * @throws IllegalArgumentException if it is less than one
         */
        public Builder chunkSize(int items) {
            chunkSize = Limits.positive("chunkSize", items);
            return this;
        }

        /**
         * Reads no further ahead in the items than this: Python's {@code buffersize}.
         *
         * @param chunks how many may be under way, or done and not taken; by default four for each
         *     of the pool's workers, and for {@code mapOutcomes} 16
         * @return this builder
         * @throws IllegalArgumentException if it is less than one
         */
        public Builder buffer(int chunks) {
            buffer = Limits.positive("buffer", chunks);
            return this;
        }

        /**
         * Limits how long all of it may take.
         *
         * @param value from the call of {@code map}; by default without a limit
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration value) {
            timeout = Limits.positive("timeout", value);
            return this;
        }

        /**
         * Gives results as they are done, chunk by chunk, instead of in the order of the items.
         *
         * @return this builder
         */
        public Builder unordered() {
            unordered = true;
            return this;
        }

        /**
         * Makes the options.
         *
         * @return immutable options
         */
        public MapOptions build() {
            return new MapOptions(this);
        }
    }
}
