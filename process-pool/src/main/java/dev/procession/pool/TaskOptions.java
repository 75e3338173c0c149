package dev.procession.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    private final @Nullable Duration noProgress;
    private final int retries;
    private final List<Class<? extends Throwable>> retryOn;
    private final @Nullable Duration retryPause;
    private final int priority;
    private final @Nullable String name;

    private TaskOptions(Builder builder) {
        timeout = builder.timeout;
        noProgress = builder.noProgress;
        retries = builder.retries;
        retryOn = List.copyOf(builder.retryOn);
        retryPause = builder.retryPause;
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
     * Returns how long the task may run without progress.
     *
     * @return the time from its start, or from its last progress; empty without a limit
     */
    public Optional<Duration> noProgress() {
        return Optional.ofNullable(noProgress);
    }

    /**
     * Returns how many times the task is run again when its worker dies, or when it throws one of
     * the exceptions of {@link #retryOn}.
     *
     * @return the number; empty for the pool's number
     */
    public OptionalInt retries() {
        return retries < 0 ? OptionalInt.empty() : OptionalInt.of(retries);
    }

    /**
     * Returns after which exceptions of its own the task is run again.
     *
     * @return the classes, whose subclasses count too; empty if there are none
     */
    public List<Class<? extends Throwable>> retryOn() {
        return retryOn;
    }

    /**
     * Returns how long the pool waits before it runs the task again.
     *
     * @return the time from the end of the attempt before; empty if it does not wait
     */
    public Optional<Duration> retryPause() {
        return Optional.ofNullable(retryPause);
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
                + ", noProgress="
                + noProgress
                + ", retries="
                + (retries < 0 ? null : retries)
                + ", retryOn="
                + retryOn
                + ", retryPause="
                + retryPause
                + ", priority="
                + priority
                + ", name="
                + name
                + "]";
    }

    /** Makes options. Not thread-safe; {@link #build} copies. */
    public static final class Builder {

        private @Nullable Duration timeout;
        private @Nullable Duration noProgress;
        private int retries = -1;
        private List<Class<? extends Throwable>> retryOn = List.of();
        private @Nullable Duration retryPause;
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
         * Limits how long the task may run without calling {@link Worker#progress} with another
         * value than before: for tasks whose whole time is not known, but which report what they
         * do. The time counts from the start in a worker, and again from each progress. When it is
         * over, the task is stopped as at a {@link #timeout timeout}, and its future fails with a
         * {@link TaskTimeoutException} too. Both limits may be set; the first one that is reached
         * counts.
         *
         * @param value by default without a limit
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder noProgress(Duration value) {
            noProgress = Limits.positive("noProgress", value);
            return this;
        }

        /**
         * Runs the task again when its worker dies, each time on another worker, or when it throws
         * one of the exceptions of {@link #retryOn}. Only for tasks that may run more than once:
         * whether an attempt had effects is not known.
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
         * Runs the task again also when it throws one of these exceptions, or a subclass: an {@link
         * java.io.IOException} of a network, say. Such an attempt counts among the {@link
         * #retries}, so without these nothing is repeated. The last failure is the future's. A
         * timeout, a cancellation and an exception that could not travel are not repeated.
         *
         * @param classes by default none
         * @return this builder
         */
        @SafeVarargs
        public final Builder retryOn(Class<? extends Throwable>... classes) {
            List<Class<? extends Throwable>> all = new ArrayList<>();
            for (Class<? extends Throwable> each : classes) {
                all.add(Objects.requireNonNull(each, "retryOn"));
            }
            retryOn = all;
            return this;
        }

        /**
         * Lets this time pass between the end of an attempt and the next one, in which the task
         * takes no worker; it keeps its place in a bounded queue.
         *
         * @param value by default no time
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder retryPause(Duration value) {
            retryPause = Limits.positive("retryPause", value);
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
