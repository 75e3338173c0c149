/**
 * Everything that touches an offset in shared memory: mapped segments, rings, lock words. It knows
 * bytes only.
 *
 * <p>A process may die at any instruction. Therefore a message becomes visible by one aligned
 * release store and is consumed by one, and a word that says "someone works here" also says who.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.memory;

import org.jspecify.annotations.NullMarked;
