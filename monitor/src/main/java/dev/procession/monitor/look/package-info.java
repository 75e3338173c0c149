/**
 * Looks at the programs of this user from outside: finds their sessions, asks their processes.
 *
 * <p>Runs in the process that shows: the command, or the program that opened a monitor. {@link
 * dev.procession.monitor.look.Programs} is the entry point. Nothing here changes what it looks at,
 * but for {@code cancel}.
 */
@NullMarked
package dev.procession.monitor.look;

import org.jspecify.annotations.NullMarked;
