/**
 * Whole programs of several real processes, killed at inconvenient moments.
 *
 * <p>Every test class carries {@link dev.procession.system.SystemTest}: its random decisions come
 * from one seed, and {@link dev.procession.system.LeavesNothingBehind} fails a test that leaves a
 * process, socket, file, descriptor or thread. Every test is bounded in time. The counts are those
 * of the short form unless {@code -Dprocession.long=true}; {@code docs/reliability.md} says how to
 * run both.
 */
@NullMarked
package dev.procession.system;

import org.jspecify.annotations.NullMarked;
