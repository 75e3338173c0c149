package dev.procession.core.snapshot;

import java.io.Serializable;

/**
 * The distribution of times.
 *
 * @param count how many there were
 * @param mean the average, in seconds
 * @param median the time that half of them did not exceed
 * @param percentile99 the time that 99 of 100 did not exceed
 * @param max the longest
 */
public record TimesSnapshot(long count, double mean, double median, double percentile99, double max)
        implements Serializable {}
