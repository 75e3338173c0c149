/**
 * Links: sockets between the processes of one program, their handshake and their frames. It knows
 * bytes only.
 *
 * <p>Each process accepts links by one {@link dev.procession.core.link.LinkServer}, whose one
 * thread reads all of them and never blocks; a child connects to its parent by a {@link
 * dev.procession.core.link.ParentLink}. Input of a peer is never trusted: an unknown type, a
 * truncated frame or one over the limit ends that link with a {@link
 * dev.procession.core.link.ProtocolException} and no other. The end of a link does not prove the
 * death of its peer.
 *
 * <p>For Procession's own modules.
 */
@NullMarked
package dev.procession.core.link;

import org.jspecify.annotations.NullMarked;
