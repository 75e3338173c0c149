/**
 * Members of a session or a name: life files, proof of life, and the removal of the files of dead
 * members; in every process.
 *
 * <p>The entry points are {@link dev.procession.core.life.Session} and {@link
 * dev.procession.core.life.NamedMembers}.
 *
 * <p>Only the kernel proves a death: it lets another process take the lock that the dead process
 * held on its life file. A process holds this lock as long as any of its threads lives. The end of
 * a socket or an exit notice may cause this check but never replaces it.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.life;

import org.jspecify.annotations.NullMarked;
