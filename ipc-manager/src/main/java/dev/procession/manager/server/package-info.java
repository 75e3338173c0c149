/**
 * The manager's server: Netty's event loop, and the shared objects, which live on its one thread.
 *
 * <p>No object here has a lock: every message, timer and death is handled by that thread, one after
 * the other. A request that must wait is kept as a request. Users' classes are loaded for the
 * objects of {@code Manager.shared} alone, which run on threads of their own.
 */
@NullMarked
package dev.procession.manager.server;

import org.jspecify.annotations.NullMarked;
