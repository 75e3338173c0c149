/**
 * Classes that the tests of all modules share, in the tests' JVM. Not published.
 *
 * <ul>
 *   <li>{@link dev.procession.testing.ClassLeavesNothingBehind} checks every test class of every
 *       module that has this module on its class path, and {@link
 *       dev.procession.testing.LeavesNothingBehind} each test of a class: both fail a test that
 *       leaves a process, file, descriptor, thread or mapping. A {@link
 *       dev.procession.testing.Census} counts them.
 *   <li>{@link dev.procession.testing.TestProgram} runs a main class in a JVM of its own; {@link
 *       dev.procession.testing.Signal} stops or kills processes, and {@link
 *       dev.procession.testing.LiveProcess} shows whether they live.
 *   <li>A {@link dev.procession.testing.DescriptorShortage} takes all descriptors of a program; a
 *       {@link dev.procession.testing.LimitedSuite} bounds the tests of JUnit 3 in time.
 *   <li>{@link dev.procession.testing.TextTest} marks a class of tests that one JDK is enough for.
 *   <li>{@link dev.procession.testing.BesideOthers} marks a test that mostly waits.
 *   <li>{@link dev.procession.testing.Seeded} gives a test its random numbers.
 *   <li>{@link dev.procession.testing.Await} polls, within a bound, for a condition; a test can
 *       wait until the thread of a {@link dev.procession.testing.Background} blocks; a {@link
 *       dev.procession.testing.Budget} bounds the rounds of a test.
 * </ul>
 *
 * <p>A test's wait ends with an {@link java.lang.AssertionError} that names the condition; the
 * default bound is {@link dev.procession.testing.Await#PATIENCE}. This package depends on no module
 * of Procession, so that the tests of {@code core} can use it as well.
 */
@NullMarked
package dev.procession.testing;

import org.jspecify.annotations.NullMarked;
