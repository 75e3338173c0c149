/**
 * Contexts of libraries that travel with tasks by themselves, where the library is on the class
 * path. Half of each runs in the thread that submits, half in the worker.
 */
@NullMarked
package dev.procession.pool.context;

import org.jspecify.annotations.NullMarked;
