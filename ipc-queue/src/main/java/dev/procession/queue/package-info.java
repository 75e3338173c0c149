/**
 * The queue between processes: a {@link java.util.concurrent.BlockingQueue} that any number of
 * processes put into and take from. Nothing is here yet.
 */
@NullMarked
package dev.procession.queue;

import org.jspecify.annotations.NullMarked;
