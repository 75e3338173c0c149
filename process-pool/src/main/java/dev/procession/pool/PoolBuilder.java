package dev.procession.pool;

import dev.procession.core.Codec;
import dev.procession.core.LaunchBuilder;
import dev.procession.core.SerializableRunnable;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.time.Timeout;
import dev.procession.manager.Manager;
import dev.procession.pool.dispatch.MemoryLimit;
import dev.procession.pool.dispatch.PoolOptions;
import dev.procession.pool.dispatch.WorkerHeap;
import dev.procession.pool.protocol.WorkerSetup;
import dev.procession.pool.worker.WorkerMain;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The options of a pool, beside those that every child JVM has. Not thread-safe. */
abstract class PoolBuilder extends LaunchBuilder<ProcessPoolExecutor.Builder> {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private int workers = Runtime.getRuntime().availableProcessors();
    private int minWorkers;
    private boolean warmSpare;
    private @Nullable Duration idleTimeout;
    private long maxTasks;
    private long maxMemory;
    private long maxHeap;
    private @Nullable SerializableRunnable initializer;
    private @Nullable Duration taskTimeout;
    private int retries;
    private int queueCapacity;
    private WhenFull whenFull = WhenFull.BLOCK;
    private Duration grace = ProcessPoolExecutor.CANCEL_GRACE;
    private Codec codec = Codec.standard();
    private @Nullable Manager manager;
    private @Nullable Executor dependents;
    private final List<TaskContext<?>> contexts = new ArrayList<>();
    private boolean discoverContexts = true;

    /**
     * Sets how many workers there are at most.
     *
     * @param value by default the number of processors
     * @return this builder
     * @throws IllegalArgumentException if it is less than one
     */
    public ProcessPoolExecutor.Builder workers(int value) {
        workers = Limits.positive("workers", value);
        return self();
    }

    /**
     * Sets how many workers are started with the pool, and kept when there is nothing to do.
     *
     * @param value by default 0: the first worker starts with the pool, the others when tasks need
     *     them
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public ProcessPoolExecutor.Builder minWorkers(int value) {
        minWorkers = Limits.notNegative("minWorkers", value);
        return self();
    }

    /**
     * Keeps one more worker ready, which takes the place of one that dies, so that the next task
     * need not wait for a JVM to start.
     *
     * @param value by default false
     * @return this builder
     */
    public ProcessPoolExecutor.Builder warmSpare(boolean value) {
        warmSpare = value;
        return self();
    }

    /**
     * Ends workers that have been idle for this time, down to {@link #minWorkers}.
     *
     * @param value by default they stay
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public ProcessPoolExecutor.Builder idleTimeout(Duration value) {
        idleTimeout = Limits.positive("idleTimeout", value);
        return self();
    }

    /**
     * Replaces a worker after this number of tasks: Python's {@code max_tasks_per_child}.
     *
     * @param value by default any number
     * @return this builder
     * @throws IllegalArgumentException if it is less than one
     */
    public ProcessPoolExecutor.Builder maxTasksPerWorker(long value) {
        maxTasks = Limits.positive("maxTasksPerWorker", value);
        return self();
    }

    /**
     * Replaces a worker whose resident memory, of the heap and all else, exceeds this, when it has
     * ended its task: a remedy for leaks. It is not a hard limit; {@link #maxWorkerHeap} is one.
     * Works on Linux.
     *
     * @param bytes by default any amount
     * @return this builder
     * @throws IllegalArgumentException if it is less than one
     */
    public ProcessPoolExecutor.Builder maxWorkerMemory(long bytes) {
        maxMemory = Limits.positive("maxWorkerMemory", bytes);
        return self();
    }

    /**
     * Limits the heap of each worker, as {@code -Xmx} does. A worker that runs out of it ends at
     * once, and its task fails with a {@link dev.procession.core.WorkerCrashedException} that
     * {@linkplain dev.procession.core.WorkerCrashedException#isOutOfMemory says so}.
     *
     * @param bytes by default a worker's share of three quarters of the memory that the machine or
     *     the container has, for the number of workers that the pool is built with, and at least
     *     256 MiB; unless {@link #jvmArgs} set a heap
     * @return this builder
     * @throws IllegalArgumentException if it is less than one
     */
    public ProcessPoolExecutor.Builder maxWorkerHeap(long bytes) {
        maxHeap = Limits.positive("maxWorkerHeap", bytes);
        return self();
    }

    /**
     * Runs this in each worker before its first task. If it throws, the worker ends, and the
     * waiting tasks fail with a {@link BrokenProcessPoolException} and that exception as its cause.
     * In a pool that has had workers, others are tried before that, with pauses.
     *
     * @param value by default nothing
     * @return this builder
     */
    public ProcessPoolExecutor.Builder initializer(SerializableRunnable value) {
        initializer = value;
        return self();
    }

    /**
     * Limits how long a task may run without a {@linkplain TaskOptions.Builder#timeout timeout} of
     * its own.
     *
     * @param value from its start in a worker; by default without a limit
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public ProcessPoolExecutor.Builder taskTimeout(Duration value) {
        taskTimeout = Limits.positive("taskTimeout", value);
        return self();
    }

    /**
     * Sets how often a task is run again when its worker dies and it has no {@linkplain
     * TaskOptions.Builder#retries number} of its own. Only for pools whose tasks may all run more
     * than once.
     *
     * @param value by default 0
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public ProcessPoolExecutor.Builder retries(int value) {
        retries = Limits.notNegative("retries", value);
        return self();
    }

    /**
     * Limits how many tasks may be submitted and not done beyond one for each worker.
     *
     * @param value by default any number
     * @return this builder
     * @throws IllegalArgumentException if it is less than one
     */
    public ProcessPoolExecutor.Builder queueCapacity(int value) {
        queueCapacity = Limits.positive("queueCapacity", value);
        return self();
    }

    /**
     * Sets what happens to a task that is submitted when the {@linkplain #queueCapacity queue} is
     * full.
     *
     * @param value by default {@link WhenFull#BLOCK}
     * @return this builder
     */
    public ProcessPoolExecutor.Builder whenFull(WhenFull value) {
        whenFull = Objects.requireNonNull(value, "whenFull");
        return self();
    }

    /**
     * Sets how long an interrupted task may go on before its worker is killed. Tasks are
     * interrupted by {@code cancel}, a timeout and {@code shutdownNow}.
     *
     * @param value by default {@link ProcessPoolExecutor#CANCEL_GRACE}
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public ProcessPoolExecutor.Builder cancelGrace(Duration value) {
        grace = Limits.positive("cancelGrace", value);
        return self();
    }

    /**
     * Sets what turns tasks and results into bytes. It is sent to the workers itself.
     *
     * @param value by default {@link Codec#standard}
     * @return this builder
     * @throws IllegalArgumentException if it is neither the default nor serialisable
     */
    public ProcessPoolExecutor.Builder codec(Codec value) {
        if (value != Codec.standard() && !(value instanceof Serializable)) {
            throw new IllegalArgumentException(
                    "a pool's codec must be Serializable because it is sent to the workers: class="
                            + value.getClass().getName());
        }
        codec = value;
        return self();
    }

    /**
     * Gives tasks a manager of shared objects, by {@link Worker#manager}. The caller closes it
     * after the pool.
     *
     * @param value by default none
     * @return this builder
     */
    public ProcessPoolExecutor.Builder manager(Manager value) {
        manager = Objects.requireNonNull(value, "manager");
        return self();
    }

    /**
     * Sets what runs the actions that depend on a {@link TaskFuture} and have no {@code Async} in
     * their name, and decodes the results for them: {@code thenApply}, {@code whenComplete} and
     * their kin. Give {@code Executors.newVirtualThreadPerTaskExecutor()} (JDK 21) for actions that
     * block, so that any number of them may. The caller shuts it down after the pool. What it
     * refuses is run by a thread of the pool.
     *
     * @param value by default threads of the pool, as many as are needed while actions block, 512
     *     at most
     * @return this builder
     */
    public ProcessPoolExecutor.Builder dependents(Executor value) {
        dependents = Objects.requireNonNull(value, "dependents");
        return self();
    }

    /**
     * Sends a context of the submitting thread with each task. May be called several times.
     *
     * @param value what captures and restores it
     * @return this builder
     */
    public ProcessPoolExecutor.Builder context(TaskContext<?> value) {
        contexts.add(Objects.requireNonNull(value, "context"));
        return self();
    }

    /**
     * Sets whether contexts travel that no one has given to {@link #context}, but that {@link
     * java.util.ServiceLoader} finds when the first task is submitted:
     *
     * <ul>
     *   <li>the {@code MDC} of SLF4J, all of it;
     *   <li>thread locals that have a {@code ThreadLocalAccessor} of Micrometer's context
     *       propagation, if their values are strings, numbers, booleans, UUIDs or times; the worker
     *       sets those that its own registry has;
     *   <li>the trace of OpenTelemetry: a task that is submitted within a span gets a span in the
     *       worker, a child of the submitter's, with its id, its worker and how long it waited. The
     *       worker needs an SDK, by autoconfiguration or by the pool's initializer;
     *   <li>those that other libraries provide as a {@link TaskContext}.
     * </ul>
     *
     * <p>A thread that has nothing in a context sends nothing. A context whose library is not in
     * the {@linkplain #classPath class path of the workers} does not travel, which is logged once
     * for the pool. With a {@linkplain #codec codec of the user} none of these travels, as it may
     * not know their classes: give them to {@link #context}.
     *
     * @param value true by default
     * @return this builder
     */
    public ProcessPoolExecutor.Builder discoverContexts(boolean value) {
        discoverContexts = value;
        return self();
    }

    /** Returns a copy of everything, checked. */
    PoolOptions options() {
        if (minWorkers > workers) {
            throw new IllegalArgumentException(
                    "minWorkers must not exceed workers: minWorkers="
                            + minWorkers
                            + ", workers="
                            + workers);
        }
        String given = givenName();
        LaunchOptions wanted =
                launchOptions(given != null ? given : "pool-" + COUNT.incrementAndGet(), true);
        List<String> flags = new ArrayList<>();
        flags.add("-XX:+ExitOnOutOfMemoryError");
        if (maxHeap > 0) {
            flags.add("-Xmx" + maxHeap);
        } else {
            int most = workers + (warmSpare ? 1 : 0);
            flags.addAll(WorkerHeap.flags(wanted.givenFlags(), most, MemoryLimit.bytes()));
        }
        LaunchOptions launch = wanted.withFlagsFirst(flags);
        launch.check();
        WorkerSetup setup =
                new WorkerSetup(
                        codec == Codec.standard() ? null : codec,
                        initializer,
                        manager == null ? null : Codec.standard().encode(manager));
        return new PoolOptions(
                WorkerMain.class,
                ProcessPoolExecutor.LOG,
                new Failures(),
                launch,
                codec,
                setup.encode(),
                workers,
                minWorkers,
                warmSpare,
                idleTimeout == null ? Timeout.FOREVER : Timeout.nanos(idleTimeout),
                maxTasks,
                maxMemory,
                taskTimeout == null ? Timeout.FOREVER : Timeout.nanos(taskTimeout),
                retries,
                queueCapacity,
                whenFull,
                Math.min(Timeout.nanos(grace), Timeout.LONGEST_NANOS), // it always ends
                List.copyOf(contexts),
                discoverContexts && codec == Codec.standard(),
                dependents);
    }
}
