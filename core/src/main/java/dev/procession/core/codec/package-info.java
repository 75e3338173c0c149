/**
 * Objects to bytes and back, in every process: the standard codec.
 *
 * <p>The entry point is {@link dev.procession.core.codec.StandardCodec}. Lambdas, records and what
 * they capture are written by parts that are made once for each class; everything else by Java
 * serialization. Every method runs on its caller's thread and never waits. The bytes come from
 * another process and are never trusted: a length is checked against what is there before anything
 * of that size is allocated, and what cannot be read is an exception for this one object.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.codec;

import org.jspecify.annotations.NullMarked;
