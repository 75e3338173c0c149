package dev.procession.manager.client;

/**
 * A server's memory of this client: which requests it had, which answers the client may lack, and
 * all that the client holds. It outlives connections, and ends with the server or the client.
 *
 * @param incarnation the server's run; each has another number
 * @param number the session's number; later ones have greater numbers, those of later runs too; 0
 *     for none
 */
public record ServerSession(long incarnation, long number) {

    /** Before the first connection. */
    static final ServerSession NONE = new ServerSession(0, 0);
}
