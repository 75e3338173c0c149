package dev.procession.pipe;

import dev.procession.core.time.Timeout;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/**
 * How a pipe is to be. Immutable; both ends have the same.
 *
 * <pre>{@code
 * PipeOptions careful = PipeOptions.builder().maxMessageBytes(1 << 20).build();
 * Pipe<String> pipe = Pipe.open(careful);
 * }</pre>
 */
public final class PipeOptions implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** What a pipe has when nothing is said. */
    public static final PipeOptions DEFAULT = builder().build();

    private final long maxMessageBytes;
    private final long spinNanos;

    private PipeOptions(Builder builder) {
        maxMessageBytes = builder.maxMessageBytes;
        spinNanos = builder.spinNanos;
    }

    /**
     * Begins with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The longest message that is sent or received.
     *
     * @return its length in bytes
     */
    public long maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * How long a waiting thread looks before it sleeps.
     *
     * @return how long; zero for as long as has paid lately
     */
    public Duration spin() {
        return Duration.ofNanos(spinNanos);
    }

    long spinNanos() {
        return spinNanos;
    }

    /** Not thread-safe; {@link #build} copies. */
    public static final class Builder {

        private long maxMessageBytes = Long.MAX_VALUE;
        private long spinNanos;

        private Builder() {}

        /**
         * Sets the longest message; a longer one is refused by the sender, or dropped with a {@link
         * MessageSizeException} by a receiver whose peer allows more.
         *
         * @param value by default {@link Long#MAX_VALUE}
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder maxMessageBytes(long value) {
            if (value < 0) {
                throw new IllegalArgumentException(
                        "a length is at least 0: maxMessageBytes=" + value);
            }
            maxMessageBytes = value;
            return this;
        }

        /**
         * Sets how long a thread that waits keeps its processor busy looking, before it sleeps.
         * With a processor for each side, nanoseconds instead of the microseconds of a wake-up.
         *
         * @param value by default zero: a moment, and longer only while that pays
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder spin(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("a time is at least 0: spin=" + value);
            }
            spinNanos = Timeout.nanos(value);
            return this;
        }

        /**
         * Makes the options.
         *
         * @return options that do not change
         */
        public PipeOptions build() {
            return new PipeOptions(this);
        }
    }
}
