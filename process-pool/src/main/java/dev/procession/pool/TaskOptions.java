package dev.procession.pool;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The options of one task, where they differ from those of its pool. Immutable.
 *
 * <pre>{@code
 * TaskOptions careful =
 *         TaskOptions.builder().timeout(Duration.ofSeconds(30)).retries(2).name("parse").build();
 * pool.submit(() -> parse(file), careful);
 * }</pre>
 */
public final class TaskOptions {

    /** The options of the pool. */
    public static final TaskOptions DEFAULT = builder().build();

    private final @Nullable Duration timeout;
    private final int retries;
    private final int priority;
    private final @Nullable String name;

    private TaskOptions(Builder builder) {
        timeout = builder.timeout;
        retries = builder.retries;
        priority = builder.priority;
        name = builder.name;
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
     * Returns how long the task may run.
     *
     * @return the time from its start in a worker; empty for the pool's timeout
     */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * Returns how many times the task is run again when its worker dies.
     *
     * @return the number; empty for the pool's timeout
     */
    public OptionalInt retries() {
        return retries < 0 ? OptionalInt.empty() : OptionalInt.of(retries);
    }

    /**
     * Returns the priority of the task.
     *
     * @return the priority, higher ones first; 0 unless it was set
     */
    public int priority() {
        return priority;
    }

    /**
     * Returns the name of the task in messages.
     *
     * @return its name; empty if it has only its id
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    @Override
    public String toString() {
        return "TaskOptions[timeout="
                + timeout
                + ", retries="
                + retries
                + ", priority="
                + priority
                + ", name="
                + name
                + "]";
    }

    /** Makes options. Not thread-safe; {@link #build} copies. */
    public static final class Builder {

        private @Nullable Duration timeout;
        private int retries = -1;
        private int priority;
        private @Nullable String name;

        private Builder() {}

        /**
         * Limits how long the task may run, counted from its start in a worker. Then its future
         * fails with a {@link TaskTimeoutException}, its thread is interrupted, and if it has not
         * ended after the pool's grace period its worker is killed and replaced.
         *
         * @param value by default the pool's
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration value) {
            timeout = Limits.positive("timeout", value);
            return this;
        }

        /**
         * Runs the task again when its worker dies, each time on another worker. Only for tasks
         * that may run more than once: whether the first attempt had effects is not known.
         *
         * @param value how many times after the first; by default the pool's
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder retries(int value) {
            retries = Limits.notNegative("retries", value);
            return this;
        }

        /**
         * Runs the task before all tasks of lower priority that have not begun. Those of the same
         * priority begin in the order in which they were submitted.
         *
         * @param value by default 0
         * @return this builder
         */
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /**
         * Names the task in messages.
         *
         * @param value by default it has only its id
         * @return this builder
         */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /**
         * Makes the options.
         *
         * @return immutable options
         */
        public TaskOptions build() {
            return new TaskOptions(this);
        }
    }
}
