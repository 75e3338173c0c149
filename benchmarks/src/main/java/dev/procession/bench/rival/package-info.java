/**
 * Code that the rivals of several modules share: child JVMs, directories, scripts of Python.
 *
 * <p>The rivals themselves are in the packages below, one for each module of Procession. A rival is
 * a {@link dev.procession.bench.race.Rival}: one thread of the measuring JVM opens it, measures it
 * and closes it. The code that it starts in other processes is in the same class, as a static
 * method or a nested type.
 */
@NullMarked
package dev.procession.bench.rival;

import org.jspecify.annotations.NullMarked;
