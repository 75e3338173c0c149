package dev.procession.bench;

/**
 * What JMH says about one benchmark.
 *
 * @param error half the width of the confidence interval; NaN with too few iterations
 */
record MicroResult(String benchmark, double score, double error, String unit) {}
