package dev.procession.bench.race;

import java.util.Set;

/**
 * One way to do a job: Procession's, or an alternative that people use. The rivals of a {@link
 * Comparison} do the same work and report it in the same unit.
 *
 * <p>{@link #open}, then {@link #measure} any number of times, then {@link #close}; each rival
 * once, and all by one thread.
 */
public interface Rival {

    /** The name in tables and bars. */
    String name();

    /** The version that is measured; available when the rival is open. */
    String version();

    /**
     * Starts everything that the measurement needs but does not include.
     *
     * @throws NotInstalledException if it cannot take part on this machine
     * @throws Exception if starting it failed
     */
    void open() throws Exception;

    /**
     * The processes of its server, whose processor time is reported apart from the clients'; none
     * if it has no server, or does not say. Available when the rival is open.
     */
    default Set<Long> servers() {
        return Set.of();
    }

    /**
     * Does the work.
     *
     * @param amount the amount of work: calls, tasks, repetitions
     * @return the figure, in the unit of the comparison
     * @throws Exception if the work failed, or its result was wrong
     */
    Figure measure(int amount) throws Exception;

    /**
     * Ends everything that {@link #open} started, also when that or a measurement has failed.
     *
     * @throws Exception if a part of it may remain
     */
    void close() throws Exception;
}
