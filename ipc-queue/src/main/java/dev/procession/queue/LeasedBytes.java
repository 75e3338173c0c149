package dev.procession.queue;

/**
 * An encoded element that was taken on approval.
 *
 * @param lease the lease's number
 * @param element its bytes
 */
record LeasedBytes(int lease, byte[] element) {}
