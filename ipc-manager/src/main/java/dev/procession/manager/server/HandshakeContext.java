package dev.procession.manager.server;

/**
 * What the handshakes of all connections use of their server.
 *
 * @param secret what a client has to prove to know
 * @param incarnation names this run of the server
 * @param bounds how many connections there may be, and how long a frame
 * @param stats counts the connections
 * @param clients those that were let in
 * @param writer sends frames
 * @param failure ends the server when it runs out of memory
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two of these
record HandshakeContext(
        byte[] secret,
        long incarnation,
        ServerBounds bounds,
        ServerStats stats,
        Clients clients,
        FrameWriter writer,
        ServerFailure failure) {}
