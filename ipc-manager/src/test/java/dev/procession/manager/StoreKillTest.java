package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import dev.procession.testing.Scale;
import dev.procession.testing.TestProgram;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed while it compacts its store again and again, under writers. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreKillTest {

    @AfterAll
    static void removesWhatKilledServersLeft() throws Exception {
        KilledPrograms.sweep();
    }

    private static final byte[] SECRET = {1, 2, 3};
    private static final int WRITERS = 3;
    private static final int SLOTS = 20;
    private static final int VALUE_BYTES = 40_000;

    @TempDir private Path directory;

    private TestProgram start() throws Exception {
        TestProgram server =
                TestProgram.start(
                        ManagerMain.class,
                        directory.resolve("m").toString(),
                        SecretFiles.write(directory.resolve("key"), SECRET).toString(),
                        directory.resolve("store").toString());
        String unused = server.awaitLine("listening: ");
        return server;
    }

    /** Writes numbers until the server is dead; returns the last one that was acknowledged. */
    private static int write(Manager client, int writer, int from) {
        SharedDict<Integer, byte[]> dict = client.dict("d");
        SharedList<Integer> list = client.list("l");
        int done = from;
        try {
            while (true) {
                int number = done + 1;
                byte[] value = ByteBuffer.allocate(VALUE_BYTES).putInt(number).array();
                dict.put(slot(writer, number), value);
                list.set(writer, number);
                done = number;
            }
        } catch (ManagerUnavailableException e) {
            return done;
        }
    }

    private static int slot(int writer, int number) {
        return writer * SLOTS + number % SLOTS;
    }

    /** Checks the numbers of a writer; returns the last one. */
    private static int check(Manager client, int writer, int acknowledged) {
        SharedDict<Integer, byte[]> dict = client.dict("d");
        int last = client.<Integer>list("l").get(writer);
        assertThat(last).isBetween(acknowledged, acknowledged + 1);
        for (int number = Math.max(1, last - SLOTS + 2); number <= last; number++) {
            byte[] value = dict.get(slot(writer, number));
            assertThat(value).hasSize(VALUE_BYTES);
            assertThat(ByteBuffer.wrap(value).getInt()).isEqualTo(number);
        }
        return last;
    }

    @Test
    void shouldKeepWhatWasAcknowledgedAtAnyMomentOfACompaction() throws Exception {
        Random random = new Random();
        int[] last = new int[WRITERS];
        TestProgram server = start();
        try (Manager client = Manager.connect(directory.resolve("m"), SECRET)) {
            client.<Integer>list("l").addAll(List.of(0, 0, 0));
            for (int kill = 0; kill < Scale.times(8, 100); kill++) {
                List<Background<Integer>> writers = new ArrayList<>();
                for (int writer = 0; writer < WRITERS; writer++) {
                    int number = writer;
                    int from = last[writer];
                    writers.add(Background.start(() -> write(client, number, from)));
                }
                TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(700)); // any moment will do
                server.kill();
                for (int writer = 0; writer < WRITERS; writer++) {
                    last[writer] = writers.get(writer).get(30, TimeUnit.SECONDS);
                }
                server.close();
                server = start();
                for (int writer = 0; writer < WRITERS; writer++) {
                    last[writer] = check(client, writer, last[writer]);
                }
            }
        } finally {
            server.close();
        }
        long written = (long) (last[0] + last[1] + last[2]) * VALUE_BYTES;
        System.out.printf(
                "ipc-manager: a server killed while it compacts its store: %d MB written, %d"
                        + " left%n",
                written >> 20, Files.size(directory.resolve("store")) >> 20);
        assertThat(Files.size(directory.resolve("store"))).isLessThan(written / 2);
    }
}
