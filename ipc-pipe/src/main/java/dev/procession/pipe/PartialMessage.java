package dev.procession.pipe;

import java.io.Serializable;

/**
 * The consumed part of a message, at an end that moves.
 *
 * @param kind the kind of the message
 * @param totalBytes the length of the whole message in bytes
 * @param bytes the consumed part
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PartialMessage(MessageKind kind, long totalBytes, byte[] bytes) implements Serializable {}
