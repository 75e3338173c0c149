/**
 * Who is alive: membership files, owner tokens, and sweeping up after the dead.
 *
 * <p>Only the kernel proves a death, by giving away the lock that a process holds on its membership
 * file for as long as any of its threads lives. A socket's end or an exit notice may start that
 * check and never replaces it.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.life;

import org.jspecify.annotations.NullMarked;
