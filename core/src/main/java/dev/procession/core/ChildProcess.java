package dev.procession.core;

import dev.procession.core.child.ChildBody;
import dev.procession.core.launch.CallbackThreads;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.launch.MemoryCode;
import dev.procession.core.launch.ResultListener;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that runs one piece of the user's code: Python's {@code multiprocessing.Process}.
 *
 * <p>Use it for one long-lived job in a process of its own. For many short ones a process pool is
 * the better choice; for another program, {@link ProcessBuilder}.
 *
 * <pre>{@code
 * ChildProcess<Integer> child = ChildProcess.start(() -> 6 * 7);
 * System.out.println(child.pid() + " says " + child.result());
 * }</pre>
 *
 * <p><b>Lifecycle.</b> The body is serialised by the caller of {@code start}, so what cannot be
 * serialised fails there. The child has this process's class path and environment, and prints to
 * this process's streams, unless the {@link Builder} says otherwise. It ends when its body has
 * returned or thrown and its last thread that is not a daemon has ended. A child that is not a
 * {@linkplain Builder#daemon daemon} keeps this JVM alive as a thread would. No child survives this
 * process: when it dies, however it dies, its children exit within a second, in the middle of their
 * work. A child ignores the terminal's Ctrl-C; this process ends its children when it shuts down
 * itself, while its exit hooks run. An exit hook may call every method here, but it cannot start a
 * child.
 *
 * <p><b>Threads.</b> Every method may be called by any thread. {@link #join()} and {@link #result}
 * block; an interrupt ends that wait and does not affect the child. The body works on a copy of its
 * captured objects, as they were when {@code start} serialised them; neither process sees what the
 * other changes in them later, except through a queue, a pipe or a manager.
 *
 * @param <V> what the body returns
 */
public final class ChildProcess<V> implements AutoCloseable {

    /** How long {@link #close} waits after SIGTERM before it kills. */
    public static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private static final Set<ChildProcess<?>> ACTIVE =
            Collections.synchronizedSet(new LinkedHashSet<>());

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final ChildJvm jvm;
    private final ReceivedResult received;
    private final CompletableFuture<ChildProcess<V>> onExit = new CompletableFuture<>();
    private final CompletableFuture<V> result = new CompletableFuture<>();
    private final ClassLoader loader;
    private volatile @Nullable ExitStatus status;

    /** The body of a child that returns nothing, usually a lambda given to {@code start}. */
    @FunctionalInterface
    public interface Body extends Serializable {

        /**
         * Runs in the child.
         *
         * @throws Exception if it fails; in the parent {@link ChildProcess#result} throws it as the
         *     cause of an {@link ExecutionException}
         */
        void run() throws Exception;
    }

    /**
     * The result that the child has sent and no thread has decoded yet, or why it is unreadable.
     */
    private static final class ReceivedResult implements ResultListener {
        private final AtomicReference<byte @Nullable []> bytes = new AtomicReference<>();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CompletableFuture<Void> arrived = new CompletableFuture<>();

        @Override
        public void received(byte[] result) {
            bytes.set(result);
            arrived.complete(null);
        }

        @Override
        public void failed(Throwable cause) {
            failure.set(cause);
            arrived.complete(null);
        }
    }

    private ChildProcess(ChildJvm jvm, ReceivedResult received) {
        this.jvm = jvm;
        this.received = received;
        this.loader = contextLoader();
    }

    private static ClassLoader contextLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : ClassLoader.getSystemClassLoader();
    }

    /**
     * Starts a child with the defaults.
     *
     * @param body what it runs
     * @return the child, which has a pid
     * @throws UnserializableException if the body cannot be serialised
     * @throws UncheckedIOException if the JVM cannot be started
     * @throws IllegalStateException if this JVM is shutting down, as in an exit hook, or if a child
     *     cannot load classes from where this JVM has them; see {@link LaunchBuilder#classPath}
     * @throws IllegalArgumentException if there is no JVM at the {@code javaHome}, or no such
     *     directory
     * @throws UnsupportedOperationException if this system is not Linux, or this is a native image
     */
    public static ChildProcess<Void> start(Body body) {
        return builder().start(body);
    }

    /**
     * Starts a child with the defaults.
     *
     * @param body what it runs
     * @param <V> what it returns
     * @return the child, which has a pid
     * @throws UnserializableException if the body cannot be serialised
     * @throws UncheckedIOException if the JVM cannot be started
     * @throws IllegalStateException if this JVM is shutting down, as in an exit hook, or if a child
     *     cannot load classes from where this JVM has them; see {@link LaunchBuilder#classPath}
     * @throws IllegalArgumentException if there is no JVM at the {@code javaHome}, or no such
     *     directory
     * @throws UnsupportedOperationException if this system is not Linux, or this is a native image
     */
    public static <V> ChildProcess<V> start(SerializableCallable<V> body) {
        return builder().start(body);
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
     * Returns the children that this JVM has started with this class and that have not ended,
     * oldest first. Python's {@code active_children}.
     *
     * @return an unmodifiable snapshot
     */
    public static List<ChildProcess<?>> activeChildren() {
        synchronized (ACTIVE) {
            return List.copyOf(ACTIVE);
        }
    }

    /**
     * Returns the process id. The operating system may give it to another process once this one has
     * ended.
     *
     * @return the pid
     */
    public long pid() {
        return jvm.pid();
    }

    /**
     * Returns the child's name, for messages, thread names and forwarded output.
     *
     * @return the name that the builder was given, or {@code child-} and a number
     */
    public String name() {
        return jvm.name();
    }

    /**
     * Returns whether the process runs. False is final; true may be outdated at once.
     *
     * @return whether it was alive
     */
    public boolean isAlive() {
        return jvm.isAlive();
    }

    /**
     * Returns how the process ended: 0 if its body returned, 1 if its body threw, the argument of
     * {@link System#exit} if the body called that, or 128 plus the signal that killed the process.
     *
     * @return the exit code, empty while the child runs
     */
    public OptionalInt exitCode() {
        ExitStatus ended = status;
        return ended == null ? OptionalInt.empty() : OptionalInt.of(ended.code());
    }

    /**
     * Waits until the child has ended and its output was passed to the {@link ProcessOutput}.
     * Unlike in Python, the child ends also when its result and its output are never asked for.
     *
     * @throws InterruptedException if this thread was interrupted; the child continues
     */
    public void join() throws InterruptedException {
        try {
            onExit.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the exit future failed", e);
        }
    }

    /**
     * Waits until the child has ended, at most for a timeout.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return whether the child has ended
     * @throws InterruptedException if this thread was interrupted; the child continues
     */
    public boolean join(Duration timeout) throws InterruptedException {
        try {
            onExit.get(Timeout.nanos(timeout), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("the exit future failed", e);
        }
    }

    /**
     * Waits for the value that the body returned. The value can arrive before the process has
     * ended.
     *
     * @return the value; null for a {@link Body}
     * @throws ExecutionException if the body threw (the cause is its exception, with the child's
     *     stack trace, or a {@link RemoteException} in its place), if the process ended before the
     *     body did (a {@link WorkerCrashedException}), or if the value cannot be decoded here
     * @throws InterruptedException if this thread was interrupted; the child continues
     */
    public V result() throws ExecutionException, InterruptedException {
        return result.get();
    }

    /**
     * Returns a future that completes when the child has ended, as {@link Process#onExit} does.
     *
     * @return a new future of this child; cancelling it does not affect the child
     */
    public CompletableFuture<ChildProcess<V>> onExit() {
        return onExit.copy();
    }

    /**
     * Interrupts the thread that runs the body, as {@link Thread#interrupt} does. A body that has
     * not begun yet is interrupted when it begins; when the body is done, this does nothing.
     */
    public void interrupt() {
        jvm.interrupt(0);
    }

    /** Asks the JVM to end (SIGTERM): shutdown hooks run, {@code finally} blocks do not. */
    public void terminate() {
        jvm.terminate();
    }

    /** Ends the process at once (SIGKILL). */
    public void kill() {
        jvm.kill();
    }

    /**
     * Ends the child and waits until it has ended: SIGTERM, then SIGKILL after {@link
     * #CLOSE_GRACE}. Does nothing when the child has ended already. To let the body finish, call
     * {@link #join()} first. If this thread is interrupted, it kills the child at once.
     */
    @Override
    public void close() {
        if (onExit.isDone()) {
            return;
        }
        terminate();
        boolean interrupted = false;
        try {
            if (!join(CLOSE_GRACE)) {
                kill();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            kill();
        }
        onExit.join();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Called by the thread that reads links, so a callback thread decodes the result. */
    private void resultArrived() {
        try {
            CallbackThreads.run(this::settleResult);
        } catch (OutOfMemoryError e) {
            // No thread can be created: settleEnd decodes the result when the child has ended.
        }
    }

    private synchronized void settleResult() {
        Throwable failure = received.failure.getAndSet(null);
        if (failure != null) {
            result.completeExceptionally(failure);
        }
        byte[] bytes = received.bytes.getAndSet(null);
        if (bytes == null) {
            return;
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Codec codec = Codec.standard();
            TaskOutcome outcome = TaskOutcome.of(bytes);
            if (outcome.isSuccess()) {
                @SuppressWarnings("unchecked") // the body is a callable of V
                V value = (V) outcome.value(codec);
                result.complete(value);
            } else {
                result.completeExceptionally(outcome.thrown(codec));
            }
        } catch (Throwable e) { // decoding runs user code; whatever it throws is the outcome
            result.completeExceptionally(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void ended(ExitStatus exit) {
        status = exit;
        ACTIVE.remove(this);
        try {
            CallbackThreads.run(() -> settleEnd(exit));
        } catch (OutOfMemoryError e) {
            settleEnd(exit); // no thread can be created; this one serves no other child
        }
    }

    private void settleEnd(ExitStatus exit) {
        try {
            settleResult();
        } finally {
            result.completeExceptionally(exit.asFailure(name(), "its body"));
            onExit.complete(this);
        }
    }

    @Override
    public String toString() {
        return "ChildProcess[name="
                + name()
                + ", pid="
                + pid()
                + (status == null ? "" : ", exitCode=" + status.code())
                + "]";
    }

    /** The settings for a child. Not thread-safe; {@code start} may be called many times. */
    public static final class Builder extends LaunchBuilder<Builder> {

        private boolean daemon;

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Sets whether this JVM may end while the child runs; the child then ends too.
         *
         * @param value false by default, as for threads and for Python's processes
         * @return this builder
         */
        public Builder daemon(boolean value) {
            daemon = value;
            return this;
        }

        /**
         * Starts a child.
         *
         * @param body what it runs
         * @return the child, which has a pid
         * @throws UnserializableException if the body cannot be serialised
         * @throws UncheckedIOException if the JVM cannot be started
         * @throws IllegalStateException if this JVM is shutting down, as in an exit hook, or if a
         *     child cannot load classes from where this JVM has them; see {@link
         *     LaunchBuilder#classPath}
         * @throws IllegalArgumentException if there is no JVM at the {@code javaHome}, or no such
         *     directory
         * @throws UnsupportedOperationException if this system is not Linux, or this is a native
         *     image
         */
        public ChildProcess<Void> start(Body body) {
            return startWith(body);
        }

        /**
         * Starts a child.
         *
         * @param body what it runs
         * @param <V> what it returns
         * @return the child, which has a pid
         * @throws UnserializableException if the body cannot be serialised
         * @throws UncheckedIOException if the JVM cannot be started
         * @throws IllegalStateException if this JVM is shutting down, as in an exit hook, or if a
         *     child cannot load classes from where this JVM has them; see {@link
         *     LaunchBuilder#classPath}
         * @throws IllegalArgumentException if there is no JVM at the {@code javaHome}, or no such
         *     directory
         * @throws UnsupportedOperationException if this system is not Linux, or this is a native
         *     image
         */
        public <V> ChildProcess<V> start(SerializableCallable<V> body) {
            return startWith(body);
        }

        private <V> ChildProcess<V> startWith(Object body) {
            String wanted = givenName();
            LaunchOptions options =
                    launchOptions(
                                    wanted != null ? wanted : "child-" + COUNT.incrementAndGet(),
                                    daemon)
                            .withTrace();
            options.check();
            MemoryCode.refuse(body);
            Transfers.Shipment shipment = Transfers.pack(Codec.standard(), body);
            ReceivedResult received = new ReceivedResult();
            try {
                ChildJvm jvm = ChildJvm.start(options, ChildBody.class, shipment::bytes, received);
                ChildProcess<V> child = new ChildProcess<>(jvm, received);
                ACTIVE.add(child);
                jvm.onExit(
                        exit -> {
                            shipment.ends().abandon(); // the dead child attaches to no end
                            child.ended(exit);
                        });
                CompletableFuture<Void> unused = received.arrived.thenRun(child::resultArrived);
                jvm.link(); // the child sends its result over the link
                jvm.monitor(() -> {});
                return child;
            } catch (RuntimeException | Error e) {
                shipment.takeBack();
                throw e;
            } catch (IOException e) {
                shipment.takeBack();
                throw new UncheckedIOException(
                        "cannot start a child process: name=" + options.name(), e);
            }
        }
    }
}
