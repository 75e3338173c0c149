package dev.procession.bench.rival.pool;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.RivalNames;

/** A measurement that starts, warms up and ends everything it needs, each time. */
public final class OnceRival implements Rival {

    private final Measured measured;

    /** Measures once. */
    @FunctionalInterface
    public interface Measured {
        double measure() throws Exception;
    }

    public OnceRival(Measured measured) {
        this.measured = measured;
    }

    @Override
    public String name() {
        return RivalNames.PROCESSION;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {}

    @Override
    public Figure measure(int amount) throws Exception {
        return Figure.of(measured.measure());
    }

    @Override
    public void close() {}
}
