/**
 * What a manager's server and its clients say to each other: the frames, the handshake, the one
 * encoding of keys, and where a server's files are. Knows neither Netty nor users' objects.
 */
@NullMarked
package dev.procession.manager.wire;

import org.jspecify.annotations.NullMarked;
