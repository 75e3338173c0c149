package dev.procession.manager.objects;

/**
 * The end of an entry.
 *
 * @param endsAt when, in milliseconds since the epoch
 * @param entry which
 */
record Expiry(long endsAt, Entry entry) {}
