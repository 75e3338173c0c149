package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An address belongs to one listener. */
@SystemTest
@Timeout(60)
class ListenerAddressTest {

    private static final byte[] SECRET = {1, 2, 3};

    @TempDir Path directory;

    /** A program that tries to bind the same address. */
    static final class Rival {

        private Rival() {}

        public static void main(String[] args) {
            try {
                Listener.bind(Path.of(args[0]), SECRET);
                System.out.println("rival: listens");
            } catch (UncheckedIOException e) {
                System.out.println("rival: " + e.getCause().getMessage());
            }
            System.exit(0);
        }
    }

    @Test
    void shouldKeepItsLockWhenBoundAgainInTheSameProcess() throws Exception {
        Path address = directory.resolve("listener");
        Files.createSymbolicLink(directory.resolve("link"), directory);
        try (Listener<String> listener = Listener.bind(address, SECRET)) {
            for (Path same : new Path[] {address, directory.resolve("link/listener")}) {
                assertThatThrownBy(() -> Listener.bind(same, SECRET))
                        .isInstanceOf(UncheckedIOException.class)
                        .cause()
                        .hasMessageContaining("this process listens there: ");
            }
            collect();
            try (TestProgram rival = TestProgram.start(Rival.class, address.toString())) {
                assertThat(rival.awaitLine("rival: ")).contains("another process");
            }
            try (Connection<String> theirs = Listener.connect(address, SECRET);
                    Connection<String> ours = listener.accept()) {
                theirs.send("ron");
                assertThat(ours.receive()).isEqualTo("ron");
            }
        }
        Listener.bind(address, SECRET).close();
    }

    /** Collects garbage: a channel that is unreachable is closed then. */
    private static void collect() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(50);
        }
    }
}
