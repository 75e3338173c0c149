package dev.procession.core;

import dev.procession.core.child.ChildBody;
import dev.procession.core.launch.CallbackThreads;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.launch.MemoryCode;
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
 * {@linkplain Builder#daemon daemon} keeps this JVM alive as a thread would; no child survives it:
 * when this process dies, in whatever way, its children exit within a second, in the middle of
 * their work. The terminal's Ctrl-C reaches this process alone, which ends its children as it ends:
 * beside the exit hooks, in which every method here may be called, and no child may be started.
 *
 * <p><b>Threads.</b> Every method may be called by any thread. {@link #join()} and {@link #result}
 * block; an interrupt ends that wait and leaves the child alone. What the caller did before {@code
 * start} is seen by the body only as far as it was serialised.
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
    private final Given given;
    private final CompletableFuture<ChildProcess<V>> onExit = new CompletableFuture<>();
    private final CompletableFuture<V> result = new CompletableFuture<>();
    private final ClassLoader loader;
    private volatile @Nullable ExitStatus status;

    /** What a child runs when it returns nothing; a lambda given to {@code start} is one. */
    @FunctionalInterface
    public interface Body extends Serializable {

        /**
         * Runs in the child.
         *
         * @throws Exception to the parent, where {@link ChildProcess#result} throws it on
         */
        void run() throws Exception;
    }

    /** What the child has sent, until it is decoded: bytes, or why they cannot be read. */
    private static final class Given implements ChildJvm.ResultListener {
        private final AtomicReference<byte @Nullable []> bytes = new AtomicReference<>();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CompletableFuture<Void> here = new CompletableFuture<>();

        @Override
        public void received(byte[] result) {
            bytes.set(result);
            here.complete(null);
        }

        @Override
        public void failed(Throwable cause) {
            failure.set(cause);
            here.complete(null);
        }
    }

    private ChildProcess(ChildJvm jvm, Given given) {
        this.jvm = jvm;
        this.given = given;
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
     * @throws IllegalStateException if this JVM is shutting down, in an exit hook, say, or has its
     *     classes from where no other can have them; see {@link LaunchBuilder#classPath}
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
     * @throws IllegalStateException if this JVM is shutting down, in an exit hook, say, or has its
     *     classes from where no other can have them; see {@link LaunchBuilder#classPath}
     * @throws IllegalArgumentException if there is no JVM at the {@code javaHome}, or no such
     *     directory
     * @throws UnsupportedOperationException if this system is not Linux, or this is a native image
     */
    public static <V> ChildProcess<V> start(SerializableCallable<V> body) {
        return builder().start(body);
    }

    /**
     * Says how a child is to be started.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The children that this JVM has started with this class and that have not ended, oldest first.
     *
     * @return an unmodifiable snapshot
     */
    public static List<ChildProcess<?>> activeChildren() {
        synchronized (ACTIVE) {
            return List.copyOf(ACTIVE);
        }
    }

    /**
     * The operating system's number for the process. It may be another process's once this one has
     * ended.
     *
     * @return the pid
     */
    public long pid() {
        return jvm.pid();
    }

    /**
     * The child's name, for people.
     *
     * @return what the builder was given, or {@code child-} and a number
     */
    public String name() {
        return jvm.name();
    }

    /**
     * Whether the process runs. False says that it has ended; true may be out of date at once.
     *
     * @return whether it was alive
     */
    public boolean isAlive() {
        return jvm.isAlive();
    }

    /**
     * How the process ended: 0 after a body that returned, 1 after one that threw, what the body
     * gave to {@link System#exit}, or 128 and the signal that killed it.
     *
     * @return the exit code, empty while the child runs
     */
    public OptionalInt exitCode() {
        ExitStatus ended = status;
        return ended == null ? OptionalInt.empty() : OptionalInt.of(ended.code());
    }

    /**
     * Waits until the child has ended and everything it printed was passed on. Unlike in Python, no
     * one has to read anything from the child before.
     *
     * @throws InterruptedException if this thread was interrupted; the child goes on
     */
    public void join() throws InterruptedException {
        try {
            onExit.get();
        } catch (ExecutionException e) {
            throw new AssertionError("this future has no failure", e);
        }
    }

    /**
     * Waits for the child's end, but not for ever.
     *
     * @param timeout how long at most
     * @return whether it has ended
     * @throws InterruptedException if this thread was interrupted; the child goes on
     */
    public boolean join(Duration timeout) throws InterruptedException {
        try {
            onExit.get(saturatedNanos(timeout), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("this future has no failure", e);
        }
    }

    private static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    /**
     * Waits for what the body returned. It is there before the process has ended.
     *
     * @return the value; null for a {@link Body}
     * @throws ExecutionException if the body threw (the cause is its exception, with the child's
     *     stack trace, or a {@link RemoteException} in its place), if the process ended before the
     *     body did (a {@link WorkerCrashedException}), or if the value cannot be decoded here
     * @throws InterruptedException if this thread was interrupted; the child goes on
     */
    public V result() throws ExecutionException, InterruptedException {
        return result.get();
    }

    /**
     * The end of the child as an event.
     *
     * @return a future of this child, completed when it has ended; cancelling it changes nothing
     */
    public CompletableFuture<ChildProcess<V>> onExit() {
        return onExit.copy();
    }

    /**
     * Interrupts the thread that runs the body, as {@link Thread#interrupt} does; nothing when the
     * body is done. A body that has not begun yet is interrupted when it begins.
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
     * Ends the child and waits until it is gone: SIGTERM, and SIGKILL after {@link #CLOSE_GRACE}.
     * Does nothing when it has ended. To let it finish, {@link #join()} first. When this thread is
     * interrupted the child is killed at once.
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

    /** Hears the result on a thread that reads, so the decoding is another's. */
    private void resultArrived() {
        try {
            CallbackThreads.run(this::settleResult);
        } catch (OutOfMemoryError e) {
            // No thread is to be had: then it is decoded when the child has ended.
        }
    }

    private synchronized void settleResult() {
        Throwable failure = given.failure.getAndSet(null);
        if (failure != null) {
            result.completeExceptionally(failure);
        }
        byte[] bytes = given.bytes.getAndSet(null);
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
            settleEnd(exit); // no thread is to be had; this one is the child's own
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

    /** How a child is started. Not thread-safe; {@code start} may be called many times. */
    public static final class Builder extends LaunchBuilder<Builder> {

        private boolean daemon;

        private Builder() {}

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Says whether this JVM may end while the child runs, which then ends too.
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
         * @throws IllegalStateException if this JVM is shutting down, in an exit hook, say, or has
         *     its classes from where no other can have them; see {@link LaunchBuilder#classPath}
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
         * @throws IllegalStateException if this JVM is shutting down, in an exit hook, say, or has
         *     its classes from where no other can have them; see {@link LaunchBuilder#classPath}
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
                            wanted != null ? wanted : "child-" + COUNT.incrementAndGet(), daemon);
            options.check();
            MemoryCode.refuse(body);
            Transfers.Shipment shipment = Transfers.pack(Codec.standard(), body);
            Given given = new Given();
            try {
                ChildJvm jvm = ChildJvm.start(options, ChildBody.class, shipment::bytes, given);
                ChildProcess<V> child = new ChildProcess<>(jvm, given);
                ACTIVE.add(child);
                jvm.onExit(
                        exit -> {
                            shipment.ends().abandon(); // nobody will attach any more
                            child.ended(exit);
                        });
                CompletableFuture<Void> unused = given.here.thenRun(child::resultArrived);
                jvm.link(); // its result comes that way
                jvm.watch();
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
