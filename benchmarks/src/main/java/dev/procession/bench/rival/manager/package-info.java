/**
 * Rivals that keep shared data in a server: managers, Redis, Hazelcast, Chronicle Map.
 *
 * <p>The client's calls are measured in the measuring JVM; servers and further clients are child
 * processes. {@link dev.procession.bench.rival.manager.ManagerWork} has the calls of Procession's
 * manager. {@code ManagerComparisons} names them.
 */
@NullMarked
package dev.procession.bench.rival.manager;

import org.jspecify.annotations.NullMarked;
