/**
 * Shared collections, locks and objects, kept by a server process: the place of Python's {@code
 * multiprocessing.Manager}. Nothing is here yet.
 */
@NullMarked
package dev.procession.manager;

import org.jspecify.annotations.NullMarked;
