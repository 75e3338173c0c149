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
 * <p><b>Names.</b> An object is there as soon as somebody asks for it by kind and name, and lives
 * as long as the server. All proxies of one kind and name are the same object.
 *
 * <p><b>Travelling.</b> A manager and everything obtained from it may be captured by tasks and
 * child processes, or sent to them; there it attaches by itself.
 *
 * <p><b>Values</b> are kept as the bytes that the client's codec made; the server loads no class of
 * the user's but for {@link #shared}. To change an object that was read changes nothing: put it
 * back, or use {@code compute}. Keys are strings, numbers, booleans, characters, enums, UUIDs, byte
 * arrays (by value) and records of those.
 *
 * <p><b>Threads and blocking.</b> All objects may be used by any thread. Each call waits for the
 * server's answer; one that the JDK declares interruptible may be interrupted, the others keep the
 * interrupt for later. A call that waits holds up no other.
 *
 * <p><b>Death.</b> What a process holds (locks, permits, leases, places in queues of waiters) is
 * free as soon as the kernel says that it is dead, and not before: not when its connection breaks
 * or it is stopped. The server's death ends every call at once with {@link
 * ManagerUnavailableException}.
 *
 * <p><b>Memory.</b> What a thread did before it wrote to a shared object is seen by whoever reads
 * what it wrote, as far as it was written to shared objects.
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
     * Attaches this process to a server that runs already, one of another program perhaps. Values
     * may then only be of the JDK's own data types; see {@link ManagerBuilder#inputFilter}.
     *
     * @param address the server's directory
     * @param secret what it was started with
     * @return a manager of that server
     * @throws ManagerUnavailableException if no server is there
     * @throws ManagerException if the server does not take this client
     */
    static Manager connect(Path address, byte[] secret) {
        return builder().connect(address, secret);
    }

    /**
     * Says how a server is to be started, or attached to.
     *
     * @return a builder with the defaults
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
     * @param capacity how many elements it has room for; whoever asks first decides
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
     * A lock that its owner may not take again.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedLock lock(String name);

    /**
     * A semaphore.
     *
     * @param name which
     * @param permits how many it has at first; whoever uses it first decides
     * @return a proxy of it
     */
    SharedSemaphore semaphore(String name, int permits);

    /**
     * A flag that can be awaited.
     *
     * @param name which
     * @return a proxy of it
     */
    SharedEvent event(String name);

    /**
     * A barrier.
     *
     * @param name which
     * @param parties how many have to come; the same for all
     * @return a proxy of it
     */
    SharedBarrier barrier(String name, int parties);

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
     * <p>This, and only this, makes the server load and run the user's classes, so whoever may
     * connect can run any code there; a server that runs on its own does not offer it unless it is
     * told to. A method that does not return holds up its object and no other; the object is lost
     * with the server.
     *
     * @param name which
     * @param type the interface; what its methods throw arrives as from a local call
     * @param factory makes the object, in the server, unless it is there
     * @param <S> the interface
     * @return a proxy of it, which may be captured as well if the interface is known there
     * @throws dev.procession.core.UnserializableException if the factory cannot be serialised
     * @throws IllegalArgumentException if the server takes no users' objects
     */
    <S> S shared(String name, Class<S> type, SerializableSupplier<? extends S> factory);

    /**
     * Where the server is; what {@link #connect} wants.
     *
     * @return its directory
     */
    Path address();

    /**
     * What the server does now.
     *
     * @return figures of this moment
     */
    ManagerStats stats();

    /**
     * Ends the server if this manager started it; otherwise gives back what this process holds, if
     * this was its last manager of that server. Closing twice is fine.
     */
    @Override
    void close();
}
