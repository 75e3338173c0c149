package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.LeftOvers;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Removes what killed programs have left, as the next program of their user does; a server that
 * runs alone has a session too, by which it is found and asked.
 */
public final class KilledPrograms {

    private KilledPrograms() {}

    /** Runs a program that removes it. */
    public static void sweep() throws Exception {
        try (TestProgram next = TestProgram.start(KilledPrograms.class)) {
            assertThat(next.awaitExit()).isZero();
        }
    }

    public static void main(String[] arguments) throws IOException {
        List<LeftOvers> unused =
                LeftOvers.remove(
                        e -> {
                            throw new UncheckedIOException(e);
                        });
    }
}
