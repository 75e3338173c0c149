/**
 * Objects to bytes and back, in every process: the standard codec.
 *
 * <p>The entry point is {@link dev.procession.core.codec.StandardCodec}. Lambdas and records are
 * written by their parts, after a fixed part that is made once for each class; other objects are
 * written by Java serialization. Every method runs on its caller's thread and never waits. The
 * bytes come from another process and may be damaged: a length is checked against the remaining
 * bytes before an array of that size is allocated, and bytes that cannot be read cause an exception
 * for this one object.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.codec;

import org.jspecify.annotations.NullMarked;
