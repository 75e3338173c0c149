/**
 * Measures rivals beside each other.
 *
 * <p>A {@link dev.procession.bench.race.Comparison} names {@link dev.procession.bench.race.Rival}s
 * that do the same work. A {@link dev.procession.bench.race.Race}, the entry point, opens all of
 * them, warms them up and lets them take turns, to the extent of an {@link
 * dev.procession.bench.race.Effort}. The results of each are its {@link
 * dev.procession.bench.race.Standing}; a {@link dev.procession.bench.race.Bar} is the limit that
 * Procession must reach beside one of them.
 *
 * <p>A race runs in the measuring JVM and is used by one thread, which calls the rivals as well.
 * How long it warms up and waits is bounded; how long a rival measures is not.
 */
@NullMarked
package dev.procession.bench.race;

import org.jspecify.annotations.NullMarked;
