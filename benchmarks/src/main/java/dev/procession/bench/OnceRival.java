package dev.procession.bench;

/** A measurement that starts, warms up and ends all that it needs, each time. */
final class OnceRival implements Rival {

    private final Measured measured;

    /** Measures once. */
    @FunctionalInterface
    interface Measured {
        double measure() throws Exception;
    }

    OnceRival(Measured measured) {
        this.measured = measured;
    }

    @Override
    public String name() {
        return Catalogue.PROCESSION;
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
