package dev.procession.bench.race;

import java.util.ArrayList;
import java.util.List;

/** A rival whose figures are known, and which notes when it was asked for them. */
class ScriptedRival implements Rival {

    private final String name;
    private final double figure;
    private final List<String> diary;
    private final Trouble trouble;
    private boolean wasOpened;

    /** What goes wrong with it. */
    enum Trouble {
        NONE,
        NOT_INSTALLED,
        FAILS
    }

    ScriptedRival(String name, double figure, List<String> diary, Trouble trouble) {
        this.name = name;
        this.figure = figure;
        this.diary = diary;
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
            throw new NotInstalledException("nowhere to be found", new IllegalStateException());
        }
    }

    @Override
    public Figure measure(int amount) {
        if (trouble == Trouble.FAILS) {
            throw new IllegalStateException("has a bad day");
        }
        diary.add(name);
        return Figure.of(figure);
    }

    @Override
    public void close() {
        diary.add("close " + name);
    }
}
