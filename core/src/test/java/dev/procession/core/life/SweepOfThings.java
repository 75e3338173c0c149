package dev.procession.core.life;

import dev.procession.core.memory.DeathProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A sweep for tests: it removes the file {@code thing.<member>} of a dead member. */
public final class SweepOfThings implements DeathSweep {

    /** Made by {@link java.util.ServiceLoader}. */
    public SweepOfThings() {}

    @Override
    public void afterDeathOf(Path directory, long dead, long self, DeathProbe probe) {
        try {
            Files.deleteIfExists(directory.resolve("thing." + dead));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
