package dev.procession.pipe;

import java.io.Serializable;

/**
 * What was consumed of a message at an end that moves.
 *
 * @param kind the message's
 * @param total its length
 * @param bytes what has come
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two
record PartialMessage(MessageKind kind, long total, byte[] bytes) implements Serializable {}
