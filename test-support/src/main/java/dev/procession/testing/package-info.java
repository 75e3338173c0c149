/**
 * What the tests of all modules share. Not published.
 *
 * <ul>
 *   <li>{@link dev.procession.testing.ClassLeavesNothingBehind} watches every test class of every
 *       module that has this module on its class path, and {@link
 *       dev.procession.testing.LeavesNothingBehind} each test of a class: both fail a test that
 *       leaves a process, file, descriptor, thread or mapping. A {@link
 *       dev.procession.testing.Census} counts them.
 *   <li>{@link dev.procession.testing.TestProgram} runs a main class in a JVM of its own; {@link
 *       dev.procession.testing.Signal} stops or kills processes, and {@link
 *       dev.procession.testing.LiveProcess} tells whether they live.
 *   <li>A {@link dev.procession.testing.DescriptorShortage} leaves a program no descriptor; a
 *       {@link dev.procession.testing.LimitedSuite} bounds the tests of JUnit 3 in time.
 *   <li>{@link dev.procession.testing.Seeded} gives a test its random numbers.
 *   <li>{@link dev.procession.testing.Await} waits, within a bound, for what nothing announces; a
 *       {@link dev.procession.testing.Background} thread can be waited for until it waits; a {@link
 *       dev.procession.testing.Budget} bounds what repeats.
 * </ul>
 *
 * <p>A test's wait ends with an {@link java.lang.AssertionError} that says what did not come about;
 * the default bound is {@link dev.procession.testing.Await#PATIENCE}. Nothing here depends on a
 * module of Procession, so that the tests of {@code core} can use it as well.
 */
@NullMarked
package dev.procession.testing;

import org.jspecify.annotations.NullMarked;
