/**
 * Whole programs of several real processes, killed at inconvenient moments.
 *
 * <p>The tests are here and run in the JVM of the tests. The code of the processes that they start
 * is in {@code program}; the code that starts, kills and counts those processes is in {@code tool}.
 * Some tests start nothing and look at the project instead: {@code PublicApiTest}, {@code
 * HouseTest} and {@code DocumentedNamesTest}; {@code fixture} has classes that break the rules of
 * the house.
 *
 * <p>Every test class that starts processes carries {@link dev.procession.testing.SystemTest}: its
 * random decisions come from one seed, and {@link dev.procession.testing.LeavesNothingBehind} fails
 * a test that leaves a process, socket, file, descriptor, thread or mapping. Every test is bounded
 * in time. The counts are those of the short form unless {@code -Dprocession.long=true}; {@code
 * docs/reliability.md} explains how to run both.
 */
@NullMarked
package dev.procession.system;

import org.jspecify.annotations.NullMarked;
