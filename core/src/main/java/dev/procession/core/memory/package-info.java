/**
 * Shared memory, in every process: mapped segments, ordered access to their words, and the lock
 * that survives the death of its owner.
 *
 * <p>The entry point is {@link dev.procession.core.memory.Segment}. A process may die at any
 * instruction. Therefore each change becomes visible by one aligned release store, and the word of
 * a taken lock names its owner.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.memory;

import org.jspecify.annotations.NullMarked;
