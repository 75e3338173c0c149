/**
 * The machine: its processors, its load, and the descendants of this JVM.
 *
 * <p>{@link dev.procession.bench.machine.QuietWait} waits until no other process uses the machine,
 * {@link dev.procession.bench.machine.Pinning} gives the processes of a rival processors of their
 * own, and {@link dev.procession.bench.machine.CpuTimes} reads their processor time.
 *
 * <p>All of it reads {@code /proc} and {@code /sys} of Linux, in the measuring JVM and by one
 * thread; elsewhere the figures are zero or empty.
 */
@NullMarked
package dev.procession.bench.machine;

import org.jspecify.annotations.NullMarked;
