package dev.procession.queue;

/**
 * An element that stands in the queue, or did a moment ago.
 *
 * @param offset where its record is
 * @param kind the kind of the record
 * @param payload the record's bytes
 */
record QueueEntry(long offset, int kind, byte[] payload) {}
