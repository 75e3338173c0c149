package dev.procession.bench.race;

/**
 * One way to do a job: ours, or what people use instead. The rivals of a {@link Comparison} do the
 * same work and report it in the same unit.
 *
 * <p>{@link #open}, then {@link #measure} any number of times, then {@link #close}; each rival
 * once, and all by one thread.
 */
public interface Rival {

    /** How tables and bars name it. */
    String name();

    /** What was measured, to be asked for when it is open. */
    String version();

    /**
     * Starts what the measurement needs and does not include.
     *
     * @throws NotInstalledException if it cannot take part on this machine
     * @throws Exception if starting it failed
     */
    void open() throws Exception;

    /**
     * Does the work.
     *
     * @param amount how much of it: calls, tasks, repetitions
     * @return the figure, in the unit of the comparison
     * @throws Exception if the work failed, or its result was wrong
     */
    Figure measure(int amount) throws Exception;

    /**
     * Ends what {@link #open} started, also when that or a measurement has failed.
     *
     * @throws Exception if something of it may be left
     */
    void close() throws Exception;
}
