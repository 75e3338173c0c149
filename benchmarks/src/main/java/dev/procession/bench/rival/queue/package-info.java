/**
 * Rivals that hand elements from some processes or threads to others: queues, rings, files.
 *
 * <p>Producers and consumers run in child processes, but for {@code QueueThreadRival}, whose are
 * threads of the measuring JVM. {@code QueueComparisons} and {@code Catalogue} name them.
 */
@NullMarked
package dev.procession.bench.rival.queue;

import org.jspecify.annotations.NullMarked;
