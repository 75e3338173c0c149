package dev.procession.manager;

import dev.procession.core.SerializableSupplier;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * A server with objects that processes share, seen from one of its clients: Python's {@code
 * multiprocessing.Manager}. Use it for shared state with a lock, a name and a life of its own; to
 * hand work or messages from one process to another, a queue or a pipe is faster.
 *
 * <pre>{@code
 * try (Manager manager = Manager.start()) {
 *     SharedDict<String, Integer> counts = manager.dict("counts");
 *     ChildProcess<Void> child = ChildProcess.start(() -> {
 *         counts.merge("spam", 1, Merge.sum());
 *     });
 *     child.join();
 *     System.out.println(counts);
 * }
 * }</pre>
 *
 * <p><b>Names.</b> The first request for a kind and name creates the object, which lives as long as
 * the server. All proxies of one kind and name are the same object. Where the manager has no room
 * for another object, it forgets dicts, lists and queues that are empty, and semaphores and
 * barriers that are as they were made, if nobody holds, awaits, watches or iterates anything in
 * them; the next use creates them again. That shows only in what they are created with: a capacity,
 * permits or parties may then be others than before.
 *
 * <p>Locks, semaphores, events and barriers can be made without a name as well, as in Python: only
 * the processes to which such a proxy travels can use the object. The server keeps it only while it
 * differs from a new one: while a lock is held, awaited or abandoned, an event is set or awaited, a
 * barrier is broken or awaited, or a semaphore has not the permits that it began with. So an object
 * that nobody uses any more takes no memory, if it was left as it was made. (Locks and events with
 * names are kept in the same way; a name costs nothing either.)
 *
 * <p><b>Travelling.</b> A manager and all objects obtained from it may be captured by tasks and
 * child processes, or sent to them; each attaches that process by itself.
 *
 * <p><b>Values</b> are kept as the bytes that the client's codec made; the server loads no class of
 * the user's but for {@link #shared}. A change to an object that was read has no effect on the
 * server: put the object back, or use {@code compute}. Keys are strings, numbers, booleans,
 * characters, enums, UUIDs, byte arrays (by value) and records of those.
 *
 * <p><b>Threads and blocking.</b> All objects may be used by any thread. Each call waits for the
 * server's answer; one that the JDK declares interruptible may be interrupted, the others keep the
 * interrupt for later. A waiting call does not delay others.
 *
 * <p><b>Death.</b> Everything that a process holds (locks, permits, leases, places in queues of
 * waiters) is released as soon as the kernel says that the process is dead, and not before: not
 * when its connection breaks or it is stopped. The server's death ends every call at once with
 * {@link ManagerUnavailableException}.
 *
 * <p><b>Memory.</b> A thread that reads a shared object sees everything that was written to shared
 * objects before the value it has read.
 */
public interface Manager extends AutoCloseable, Serializable {

    /**
     * Starts a server in a JVM of its own. It outlives any client but not this process, and ends
     * when the manager is closed here.
     *
     * @return a manager of that server
     * @throws java.io.UncheckedIOException if the server cannot be started
     */
    static Manager start() {
        return builder().start();
    }

    /**
     * Starts a server in this JVM. Other processes use it as any other; it ends with this process,
     * or when the manager is closed here.
     *
     * @return a manager of that server
     * @throws java.io.UncheckedIOException if the server cannot be started
     */
    static Manager embedded() {
        return builder().embedded();
    }

    /**
     * Attaches this process to a server that runs already, for example in another program. Values
     * may then only be of the JDK's own data types; see {@link ManagerBuilder#inputFilter}.
     *
     * @param address the server's directory
     * @param secret the secret with which it was started
     * @return a manager of that server
     * @throws ManagerUnavailableException if there is no server at this address
     * @throws ManagerException if the server refuses this client
     */
    static Manager connect(Path address, byte[] secret) {
        return builder().connect(address, secret);
    }

    /**
     * Returns a builder, with default settings, for starting a server or attaching to one.
     *
     * @return a new builder
     */
    static ManagerBuilder builder() {
        return new ManagerBuilder();
    }

    /**
     * A map.
     *
     * @param name which
     * @param <K> its keys
     * @param <V> its values
     * @return a proxy of it
     */
    <K, V> SharedDict<K, V> dict(String name);

    /**
     * A list.
     *
     * @param name which
     * @param <E> its elements
     * @return a proxy of it
     */
    <E> SharedList<E> list(String name);

    /**
     * A set; its elements are of the types that keys have.
     *
     * @param name which
     * @param <E> its elements
     * @return a proxy of it
     */
    <E> SharedSet<E> set(String name);

    /**
     * A bounded queue. A {@code ProcessQueue} is faster; this one has leases, and no need to be
     * handed from process to process.
     *
     * @param name which
     * @param capacity how many elements it has room for; the first use decides
     * @param <E> its elements
     * @return a proxy of it
     */
    <E> SharedQueue<E> queue(String name, int capacity);

    /**
     * A lock that its owner may take again.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedLock rlock(String name);

    /**
     * A new lock that its owner may take again, without a name.
     *
     * @return a proxy of it
     */
    SharedLock rlock();

    /**
     * A lock that its owner may not take again.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedLock lock(String name);

    /**
     * A new lock that its owner may not take again, without a name.
     *
     * @return a proxy of it
     */
    SharedLock lock();

    /**
     * A semaphore.
     *
     * @param name which
     * @param permits how many it has at first, perhaps less than none; the first use decides
     * @return a proxy of it
     */
    SharedSemaphore semaphore(String name, int permits);

    /**
     * A new semaphore without a name.
     *
     * @param permits how many it has at first
     * @return a proxy of it
     */
    SharedSemaphore semaphore(int permits);

    /**
     * A flag that can be awaited.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedEvent event(String name);

    /**
     * A new flag that can be awaited, without a name.
     *
     * @return a proxy of it
     */
    SharedEvent event();

    /**
     * A barrier.
     *
     * @param name which
     * @param parties how many have to arrive; the same for all proxies
     * @return a proxy of it
     */
    SharedBarrier barrier(String name, int parties);

    /**
     * A new barrier without a name.
     *
     * @param parties how many have to arrive
     * @return a proxy of it
     */
    SharedBarrier barrier(int parties);

    /**
     * A whole number.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedCounter counter(String name);

    /**
     * A single value.
     *
     * @param name which
     * @param <V> its type
     * @return a proxy of it
     */
    <V> SharedValue<V> value(String name);

    /**
     * Values with names, Python's {@code Namespace}.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedNamespace namespace(String name);

    /**
     * An object of the user's own class that lives in the server and is called through an
     * interface, one method after the other: each call is atomic. Its arguments and results travel
     * as copies.
     *
     * <p>This, and only this, makes the server load and run the user's classes, so a client can run
     * any code there; a {@link ManagerMain} does not offer it. A method that does not return blocks
     * its object and no other; the object is lost with the server.
     *
     * @param name which
     * @param type the interface; exceptions of its methods arrive as from a local call
     * @param factory makes the object in the server, unless there is one
     * @param <S> the interface
     * @return a proxy of it, which may be captured too, where the interface's class is known
     * @throws dev.procession.core.UnserializableException if the factory cannot be serialised
     * @throws IllegalArgumentException if the server does not offer users' objects
     */
    <S> S shared(String name, Class<S> type, SerializableSupplier<? extends S> factory);

    /**
     * Returns the address of the server, for {@link #connect}.
     *
     * @return its directory
     */
    Path address();

    /**
     * Returns figures of the server.
     *
     * @return the figures of this moment
     */
    ManagerStats stats();

    /**
     * Writes a back-up of the store ({@link ManagerBuilder#persistTo}) to a new file, from which
     * {@code persistTo} can start, while the server goes on for all clients. It has what was
     * written before this call, all at one moment: it may have later writes, but none without those
     * before it. When the call returns, the back-up is complete and on the disk. If the server dies
     * before, there is no file of this name, but perhaps one with {@code .partial} behind it, which
     * the next server that uses the store deletes. Waits as long as the copying takes, and is not
     * interruptible; a file system that hangs stops this call and later ones, and no others.
     *
     * @param file a path at which there is nothing yet, in a directory that exists; the server
     *     writes it, as this user, with mode 0600
     * @throws IllegalArgumentException if there is something at this path, or its name ends as
     *     those of the files beside a store, with {@code .new} for example, or the server has no
     *     store
     * @throws ManagerException if the file cannot be written, or would leave the disk of the store
     *     without room
     */
    void snapshotTo(Path file);

    /**
     * Ends the server if this manager has started it; otherwise releases everything that this
     * process holds, if this is its last manager of that server. Closing twice has no effect.
     */
    @Override
    void close();
}
