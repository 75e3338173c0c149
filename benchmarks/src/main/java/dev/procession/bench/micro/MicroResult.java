package dev.procession.bench.micro;

/**
 * The result of JMH for one benchmark.
 *
 * @param error half the width of the confidence interval; NaN with too few iterations
 */
public record MicroResult(String benchmark, double score, double error, String unit) {}
