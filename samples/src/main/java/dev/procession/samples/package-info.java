/**
 * Programs as a user would write them: {@link dev.procession.samples.Tour} runs them all, and each
 * has a {@code main} of its own.
 */
@NullMarked
package dev.procession.samples;

import org.jspecify.annotations.NullMarked;
