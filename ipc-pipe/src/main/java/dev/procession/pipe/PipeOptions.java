package dev.procession.pipe;

import dev.procession.core.time.Timeout;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;

/**
 * The options of a pipe's ends. Immutable.
 *
 * <pre>{@code
 * PipeOptions careful = PipeOptions.builder().maxMessageBytes(1 << 20).build();
 * Pipe<String> pipe = Pipe.open(careful);
 * }</pre>
 */
public final class PipeOptions implements Serializable {

    @Serial private static final long serialVersionUID = 1L;

    /** The options of a pipe that is opened without options. */
    public static final PipeOptions DEFAULT = builder().build();

    private final long maxMessageBytes;
    private final long spinNanos;

    private PipeOptions(Builder builder) {
        maxMessageBytes = builder.maxMessageBytes;
        spinNanos = builder.spinNanos;
    }

    /**
     * Returns a builder with default settings.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the length of the longest message that is sent or received.
     *
     * @return its length in bytes
     */
    public long maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * Returns how long a waiting thread polls before it sleeps.
     *
     * @return the time; zero if it adapts to how long recent waits took
     */
    public Duration spin() {
        return Duration.ofNanos(spinNanos);
    }

    long spinNanos() {
        return spinNanos;
    }

    /** Builds options. Not thread-safe; {@link #build} copies. */
    public static final class Builder {

        private long maxMessageBytes = Long.MAX_VALUE;
        private long spinNanos;

        private Builder() {}

        /**
         * Sets the length of the longest message. The sender refuses a longer one; a receiver whose
         * peer allows more drops it with a {@link MessageSizeException}.
         *
         * @param value the length in bytes, by default {@link Long#MAX_VALUE}
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
         * Sets how long a waiting thread polls, which keeps its processor busy, before it sleeps.
         * If each side has a processor, a message is seen after nanoseconds instead of the
         * microseconds of a wake-up.
         *
         * @param value the time, by default zero: a moment, and longer only while recent waits were
         *     short
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
         * Builds the options.
         *
         * @return the options, which do not change with the builder
         */
        public PipeOptions build() {
            return new PipeOptions(this);
        }
    }
}
