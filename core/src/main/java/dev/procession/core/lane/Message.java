package dev.procession.core.lane;

/**
 * One message that was received through a lane.
 *
 * @param type the sender's type
 * @param id the sender's id
 * @param payload its bytes, owned by the receiver
 */
public record Message(int type, long id, byte[] payload) {}
