/**
 * The objects that users see as {@code Manager}, {@code SharedDict}, {@code SharedLock} and so on:
 * they turn a method's call into a request, and its answer into a value.
 *
 * <p>Runs in each process that uses a server. {@link dev.procession.manager.proxy.RemoteManager} is
 * the entry point: it makes a {@code Remote} for each shared object, and a {@code RemoteDict},
 * {@code RemoteQueue} ... around it. A proxy travels as its handle ({@code ObjectHandle}, {@code
 * UserObjectHandle}, {@code TravellingManager}); where the handle arrives it attaches that process
 * and becomes a proxy again. A {@code Remote} gets its handle from its maker, so it knows none of
 * the handles' classes.
 *
 * <p><b>Threads.</b> Proxies have no state but their names, so any number of threads may use one.
 * What a thread holds of a lock is in the client's {@code LockHolds}. <b>Time.</b> The server keeps
 * the time of a wait; see {@link dev.procession.manager.wire.WaitNanos}. <b>Memory.</b> Keys and
 * values are copied into and out of messages; iterations read pages of at most a thousand entries.
 *
 * <p>It uses the face's interfaces, records and exceptions, which name no internal type, and two
 * classes of the face beside them: {@code RemoteManager} implements {@code Manager}, whose static
 * methods lead to the builder that makes it; and a dict takes a {@code Merge}, which is a class so
 * that users cannot implement it.
 */
@NullMarked
package dev.procession.manager.proxy;

import org.jspecify.annotations.NullMarked;
