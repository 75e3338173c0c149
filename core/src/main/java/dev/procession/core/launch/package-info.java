/**
 * Starts JVMs, in the parent, and runs their entry points, in the child: class path, flags,
 * start-up archive, output and exit codes.
 *
 * <p>In the parent {@link dev.procession.core.launch.ChildJvm} is the entry point. It starts a
 * process by the command line of {@code JavaCommand}, whose flags are those that this JVM was
 * started with ({@code OwnFlags}) as far as a child inherits them ({@code InheritedFlags}); then
 * its threads read the child's output and wait for its end. In the child {@link
 * dev.procession.core.launch.ChildMain} runs an {@link dev.procession.core.launch.EntryPoint} on
 * the main thread, and a guard thread ({@link dev.procession.core.launch.ParentConnection}) ends
 * the JVM within a second of the parent's death.
 *
 * <p>A start blocks until the operating system has created the process, and waits for nothing of
 * the child. A thread that serves one child is a daemon with a small stack. Waits are bounded,
 * except those for a process's end and for a child's connection.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.launch;

import org.jspecify.annotations.NullMarked;
