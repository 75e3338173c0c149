package dev.procession.bench.race;

import java.util.ArrayList;
import java.util.List;

/** A rival with fixed figures, which records each call. */
class ScriptedRival implements Rival {

    private final String name;
    private final double figure;
    private final List<String> calls;
    private final Trouble trouble;
    private boolean wasOpened;

    /** The fault of the rival. */
    enum Trouble {
        NONE,
        NOT_INSTALLED,
        FAILS
    }

    ScriptedRival(String name, double figure, List<String> calls, Trouble trouble) {
        this.name = name;
        this.figure = figure;
        this.calls = calls;
        this.trouble = trouble;
    }

    ScriptedRival(String name, double figure) {
        this(name, figure, new ArrayList<>(), Trouble.NONE);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public void open() throws NotInstalledException {
        if (wasOpened) {
            throw new IllegalStateException("opened again: name=" + name);
        }
        wasOpened = true;
        if (trouble == Trouble.NOT_INSTALLED) {
            throw new NotInstalledException("not found here", new IllegalStateException());
        }
    }

    @Override
    public Figure measure(int amount) {
        if (trouble == Trouble.FAILS) {
            throw new IllegalStateException("fails for the test");
        }
        calls.add(name);
        return Figure.of(figure);
    }

    @Override
    public void close() {
        calls.add("close " + name);
    }
}
