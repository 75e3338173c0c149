package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.DescriptorShortage;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.io.FileInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener has no descriptor left for a connection. */
@SystemTest
@Timeout(60)
class DescriptorShortageTest {

    @TempDir Path working;

    /** Listens, and runs out of descriptors while a connection is pending. */
    static final class Program {

        private static final byte[] SECRET = {1, 2, 3};

        private Program() {}

        public static void main(String[] args) throws Exception {
            Path address = Path.of(args[0]);
            try (Listener<String> listener = Listener.bind(address, SECRET)) {
                assertThat(talk(address, listener)).isEqualTo("talk");
                DescriptorShortage.run(
                        address, "procession-listener", () -> talk(address, listener));
            }
        }

        private static String talk(Path address, Listener<String> listener)
                throws InterruptedException {
            try (Connection<String> theirs = Listener.connect(address, SECRET);
                    Connection<String> ours = listener.accept()) {
                theirs.send("talk");
                return ours.receive();
            }
        }
    }

    /** Binds an address when there is a descriptor for the lock file, and none for the socket. */
    static final class Binder {

        private Binder() {}

        public static void main(String[] args) throws Exception {
            Path address = Path.of(args[0]);
            Listener.bind(Path.of(args[0] + "-before"), Program.SECRET).close(); // loads classes
            List<FileInputStream> all = DescriptorShortage.takeAll();
            all.remove(0).close();
            try {
                Listener.bind(address, Program.SECRET).close();
                System.out.println("short: bound");
            } catch (UncheckedIOException e) {
                DescriptorShortage.release(all);
                System.out.println("short: " + e.getCause().getMessage());
            }
            try (Listener<String> listener = Listener.bind(address, Program.SECRET)) {
                System.out.println("afterwards: " + Program.talk(address, listener));
            }
        }
    }

    @Test
    void shouldBindAnAddressForWhichThereWasNoDescriptorBefore() throws Exception {
        String address = working.resolve("listener").toString();
        try (TestProgram program = DescriptorShortage.start(working, Binder.class, address)) {
            assertThat(program.awaitLine("short: ")).contains("Too many open files");
            assertThat(program.awaitLine("afterwards: ")).isEqualTo("talk");
            assertThat(program.awaitExit()).as(program.text()).isZero();
        }
    }

    @Test
    void shouldRestAndServeAfterwards() throws Exception {
        String address = working.resolve("listener").toString();
        try (TestProgram program = DescriptorShortage.start(working, Program.class, address)) {
            DescriptorShortage.requireRest(program, "talk");
        }
    }
}
