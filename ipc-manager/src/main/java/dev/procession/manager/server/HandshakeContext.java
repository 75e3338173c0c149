package dev.procession.manager.server;

/**
 * The parts of a server that the handshakes of all connections use.
 *
 * @param secret the secret that a client must know
 * @param incarnation names this run of the server
 * @param bounds how many connections there may be, and how long a frame
 * @param stats counts the connections
 * @param clients the clients with a finished handshake
 * @param writer sends frames
 * @param failure ends the server when it runs out of memory
 */
@SuppressWarnings("ArrayRecordComponent") // instances are never compared
record HandshakeContext(
        byte[] secret,
        long incarnation,
        ServerBounds bounds,
        ServerStats stats,
        Clients clients,
        FrameWriter writer,
        ServerFailure failure) {}
