package dev.procession.bench.rival.pool;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.JavaProgram;
import dev.procession.bench.rival.Scratch;
import dev.procession.core.launch.ArchiveTool;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * First result of a new pool in a new JVM, with the start-up archive there or not: in milliseconds.
 */
public final class ColdPool implements Rival {

    private final String name;
    private final boolean archived;
    private @Nullable Scratch archives;

    public ColdPool(String name, boolean archived) {
        this.name = name;
        this.archived = archived;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() throws IOException, InterruptedException {
        if (archived) {
            archives = Scratch.create();
            JavaProgram.run(
                    archiveProperty(),
                    "-cp",
                    JavaProgram.poolClassPath(),
                    ArchiveTool.class.getName());
        }
    }

    private String archiveProperty() {
        return archives == null
                ? "-Dprocession.archive=off"
                : "-Dprocession.archive.directory=" + archives.directory();
    }

    @Override
    public Figure measure(int amount) throws IOException, InterruptedException {
        long nanos = 0;
        for (int i = 0; i < amount; i++) {
            nanos += firstResultNanos();
        }
        return Figure.of(nanos / 1e6 / amount);
    }

    private long firstResultNanos() throws IOException, InterruptedException {
        String[] words =
                JavaProgram.run(
                                archiveProperty(),
                                "-cp",
                                JavaProgram.poolClassPath(),
                                ColdParent.class.getName())
                        .strip()
                        .split(" ", 2);
        if (archived != Boolean.parseBoolean(words[1])) {
            throw new IOException(
                    "the worker's start-up archive: expected=" + archived + ", used=" + words[1]);
        }
        return Long.parseLong(words[0]);
    }

    @Override
    public void close() throws IOException {
        if (archives != null) {
            archives.close();
        }
    }
}
