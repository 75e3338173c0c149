package dev.procession.pool;

import dev.procession.core.transfer.SharedHandle;
import dev.procession.core.transfer.SharedValues;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A value that any number of tasks capture and that is sent to each worker once: a table, an index,
 * a model. {@link TaskExecutor#share} makes it. Like a broadcast variable of a cluster's library,
 * and unlike a value that a lambda captures, which is serialised with each task.
 *
 * <pre>{@code
 * try (Shared<Dictionary> words = pool.share(Dictionary.load(file))) {
 *     pool.map(page -> words.get().misspelt(page), pages).forEach(report::add);
 * }
 * }</pre>
 *
 * <p>The value is serialised once, by {@code share}, into shared memory; a task carries a reference
 * of some hundred bytes. In a worker, or any other process that Procession has started and that has
 * received the reference, the first {@link #get} decodes the value, and all later ones in that
 * process return the same object. Tasks of a worker therefore see the changes that earlier tasks
 * made to it; other processes do not. Treat it as read-only.
 *
 * <p><b>Closing.</b> {@link #close} gives the shared memory back, and ends the sharing for all
 * processes. Closing the executor closes what it has shared. Code that has got the value keeps it.
 * A worker forgets a closed value, so that the garbage collector can free it, when it has no task
 * to run next, or gets another shared value for the first time; a worker that sleeps does so after
 * its next task. The pages that it has read are free after its next garbage collection.
 *
 * <p><b>Death.</b> A worker that takes another's place decodes the value again. When the process
 * that shared a value is dead, its files are removed; processes that have decoded it keep it.
 *
 * <p><b>Threads.</b> Any thread may call each method. Threads that call {@code get} at the same
 * time wait for one decoding. What the thread did that called {@code share}, before it, is seen as
 * far as it was serialised with the value.
 *
 * @param <V> the type of the value
 */
public final class Shared<V> implements Serializable, AutoCloseable {

    private static final long serialVersionUID = 1L;

    private final SharedHandle handle;

    /** The pool that has shared the value; null in other processes. */
    @SuppressWarnings("serial") // not sent
    private final transient @Nullable PoolShares owner;

    /** Made by a pool. */
    Shared(SharedHandle handle, PoolShares owner) {
        this.handle = handle;
        this.owner = owner;
    }

    /**
     * Returns the value: in the process that shared it the original, in any other its copy there.
     * The first call in a process decodes it, which may take long; an interrupt does not end the
     * wait for that. Later calls cost nanoseconds.
     *
     * @return the value, the same object at each call in one process
     * @throws IllegalStateException if it was closed, or the process that shared it has ended
     *     before this process got the value
     * @throws dev.procession.core.UndecodableException if the value cannot be restored in this
     *     process
     * @throws java.io.UncheckedIOException if the shared memory cannot be read
     */
    public V get() {
        @SuppressWarnings("unchecked") // made of a V
        V value = (V) SharedValues.get(handle);
        return value;
    }

    /**
     * Ends the sharing for all processes, and frees the shared memory; does not wait for tasks that
     * use the value. Does nothing the second time.
     *
     * @throws java.io.UncheckedIOException if the files cannot be removed
     */
    @Override
    public void close() {
        if (owner != null) {
            owner.close(handle);
        } else {
            SharedValues.close(handle);
        }
    }

    @Override
    public String toString() {
        return "Shared[bytes=" + handle.bytes() + ", shared=" + handle.state() + "]";
    }
}
