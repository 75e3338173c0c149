package dev.procession.queue;

/**
 * An element as it was in the queue at some moment; it may have been taken since.
 *
 * @param offset the place of its record in the ring, or the number of its lease if the element came
 *     back from one
 * @param kind the kind of the record, one of the constants of the queue's layout
 * @param payload the record's bytes
 */
record QueueEntry(long offset, int kind, byte[] payload) {}
