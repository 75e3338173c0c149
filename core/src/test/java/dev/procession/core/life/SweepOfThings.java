package dev.procession.core.life;

import dev.procession.core.memory.DeathProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sweep of a module of this test's own, whose members leave a file {@code thing.<member>}. */
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
