package dev.procession.manager.stream;

import io.netty.channel.ChannelHandlerContext;
import java.util.Set;

/**
 * The parts of a server that the handshakes of all connections use.
 *
 * @param secret the secret that a client must know
 * @param incarnation names this run of the server
 * @param bounds how many clients there may be, and how long a frame
 * @param stats counts the connections
 * @param handshakes those under way, oldest first
 * @param clients the clients with a finished handshake
 * @param large the memory for large requests that arrive
 * @param scan looks at each request before it is decoded
 * @param writer sends frames
 * @param failure ends the server when it runs out of memory
 */
@SuppressWarnings("ArrayRecordComponent") // instances are never compared
public record HandshakeContext(
        byte[] secret,
        long incarnation,
        ServerBounds bounds,
        ServerStats stats,
        Set<ChannelHandlerContext> handshakes,
        Clients clients,
        LargeFrames large,
        RequestScan scan,
        FrameWriter writer,
        ServerFailure failure) {}
