/**
 * The objects that a server hosts for its clients: dicts, lists, queues, locks and the others.
 *
 * <p>Runs in the server's process. {@link dev.procession.manager.objects.ObjectTable} has them by
 * kind and name, and is the entry point. Each is a {@code SharedObject}, which is asked by a {@code
 * Call} and answers it at once or later. Values are bytes here; users' classes are loaded for the
 * {@code UserObject} alone, whose calls have a thread of their own.
 *
 * <p><b>Threads.</b> No object has a lock: the server's loop handles every request, timer and
 * death, one after the other. A request that waits is kept as a request, with a timer of the loop.
 * <b>Iterations.</b> What an open iteration still has to return is kept once for all ({@code
 * OldContent}, {@code IterationRoom}).
 */
@NullMarked
package dev.procession.manager.objects;

import org.jspecify.annotations.NullMarked;
