/**
 * Everything that touches a byte on a socket: links between processes, their handshake, frames and
 * messages. It knows bytes only.
 *
 * <p>What a peer sends is never trusted: an unknown type, a short frame or an oversize one ends the
 * link with a {@code ProtocolException}, and nobody else notices. A peer's death reads as the end
 * of its link.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.wire;

import org.jspecify.annotations.NullMarked;
