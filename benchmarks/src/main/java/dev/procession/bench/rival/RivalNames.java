package dev.procession.bench.rival;

/** The names, in tables and bars, of rivals that take part in more than one kind of comparison. */
public final class RivalNames {

    public static final String PROCESSION = "Procession";
    public static final String PIPE = "Procession's Pipe";
    public static final String PYTHON = "Python";

    private RivalNames() {}
}
