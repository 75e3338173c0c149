package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ChildProcess;
import dev.procession.core.memory.KillPoint;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sender or a receiver is killed by SIGKILL at each of its kill points. */
class ConnectionKillTest {

    private static final byte[] SECRET = {4, 5, 6};
    private static final int ROUNDS = 3;

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = KillPoint.class,
            names = {
                "LANE_COPIED",
                "LANE_COMMITTED",
                "LANE_FILE_WRITTEN",
                "SOCKET_FRAME_BEGUN",
                "SOCKET_FRAME_WRITTEN"
            })
    void shouldReceiveWhatAKilledSenderHadSentOnceAndWhole(KillPoint point) throws Exception {
        Random random = new Random(point.name().hashCode());
        for (int round = 0; round < ROUNDS; round++) {
            String ledger = directory.resolve("ledger" + round).toString();
            boolean slow = point == KillPoint.LANE_FILE_WRITTEN;
            Run run = start(point, 1 + random.nextInt(slow ? 3 : 300), end -> sendAll(end, ledger));
            if (slow) {
                run.child().join(); // no message is read until then, so that large ones go to spill
                // files
            }
            int received = 0;
            try {
                while (true) {
                    byte[] bytes = run.end().receiveBytes();
                    assertThat(bytes).isEqualTo(message(received));
                    received++;
                }
            } catch (EndOfPipeException e) {
                assertThat(e.died()).isTrue();
            }
            run.child().join();
            assertThat(run.child().exitCode()).hasValue(137);
            int acknowledged = (int) Files.size(Path.of(ledger));
            assertThat(received).isBetween(acknowledged, acknowledged + 1);
            run.end().close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = KillPoint.class,
            names = {"LANE_READ", "LANE_RELEASED", "SOCKET_FRAME_READ"})
    void shouldEndASenderWhoseReceiverIsKilled(KillPoint point) throws Exception {
        Random random = new Random(point.name().hashCode());
        for (int round = 0; round < ROUNDS; round++) {
            Run run = start(point, 1 + random.nextInt(100), ConnectionKillTest::receiveAll);
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; ; i++) {
                                    run.end().sendBytes(ByteBuffer.wrap(message(i)));
                                }
                            })
                    .isInstanceOfSatisfying(
                            EndOfPipeException.class, e -> assertThat(e.died()).isTrue());
            run.child().join();
            assertThat(run.child().exitCode()).hasValue(137);
            run.end().close();
        }
    }

    private interface Role extends java.io.Serializable {
        void play(Connection<Object> end) throws Exception;
    }

    private record Run(Connection<Object> end, ChildProcess<Void> child) {}

    private Run start(KillPoint point, int times, Role role) {
        ChildProcess.Builder builder =
                ChildProcess.builder().systemProperty("procession.killPoint", point + ":" + times);
        if (point.name().startsWith("LANE")) {
            Pipe<Object> pipe = Pipe.open();
            Connection<Object> theirs = pipe.second();
            return new Run(pipe.first(), builder.start(() -> role.play(theirs)));
        }
        String address = directory.resolve("s").toString();
        try (Listener<Object> listener = Listener.bind(Path.of(address), SECRET)) {
            ChildProcess<Void> child =
                    builder.start(() -> role.play(Listener.connect(Path.of(address), SECRET)));
            return new Run(listener.accept(), child);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The ledger gets a byte for each message whose sending has returned. */
    private static void sendAll(Connection<Object> end, String ledger)
            throws InterruptedException, IOException {
        try (FileOutputStream acknowledged = new FileOutputStream(ledger)) {
            for (int i = 0; ; i++) {
                end.sendBytes(ByteBuffer.wrap(message(i)));
                acknowledged.write(1);
            }
        }
    }

    private static void receiveAll(Connection<Object> end) throws InterruptedException {
        for (int i = 0; ; i++) {
            if (!java.util.Arrays.equals(end.receiveBytes(), message(i))) {
                throw new AssertionError("not the message that was sent: id=" + i);
            }
        }
    }

    private static byte[] message(int id) {
        Random random = new Random(id);
        byte[] bytes = new byte[id % 10 == 9 ? 400_000 : random.nextInt(2000)];
        random.nextBytes(bytes);
        return bytes;
    }
}
