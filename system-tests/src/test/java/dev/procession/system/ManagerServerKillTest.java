package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.Manager;
import dev.procession.manager.ManagerBuilder;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.SharedCounter;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedList;
import dev.procession.testing.Await;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a store that is killed while clients write to it. */
@SystemTest
@Timeout(1200)
class ManagerServerKillTest {

    private static final int WRITERS = 3;
    private static final byte[] SECRET = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

    /** Writes until the server is dead; returns the last number that was acknowledged. */
    private static int write(AtomicBoolean killed, Manager client, int writer, int from) {
        SharedDict<Integer, Integer> dict = client.dict("numbers");
        SharedList<Integer> list = client.list("list " + writer);
        SharedCounter counter = client.counter("counter " + writer);
        int acknowledged = from;
        try {
            while (true) {
                dict.put(writer, acknowledged + 1);
                list.add(acknowledged + 1);
                counter.set(acknowledged + 1);
                acknowledged++;
            }
        } catch (ManagerUnavailableException e) {
            if (!killed.get()) {
                throw e; // the server is alive, or has ended by itself
            }
            return acknowledged;
        }
    }

    @Test
    void shouldKeepEveryAcknowledgedWrite(@TempDir Path directory, Random random) throws Exception {
        int kills = Scale.times(4, 100);
        Path address = directory.resolve("m");
        ManagerBuilder builder =
                Manager.builder().address(address, SECRET).persistTo(directory.resolve("store"));
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        Manager server = builder.start();
        int[] acknowledged = new int[WRITERS];
        try (Manager client = Manager.connect(address, SECRET)) {
            for (int kill = 0; kill < kills; kill++) {
                AtomicBoolean killed = new AtomicBoolean();
                List<Future<Integer>> writers = new ArrayList<>();
                for (int writer = 0; writer < WRITERS; writer++) {
                    int number = writer;
                    int from = acknowledged[writer];
                    writers.add(threads.submit(() -> write(killed, client, number, from)));
                }
                int target = acknowledged[0] + random.nextInt(2000);
                SharedDict<Integer, Integer> dict = client.dict("numbers");
                Await.until(
                        java.time.Duration.ofSeconds(60),
                        () -> dict.getOrDefault(0, 0) >= target,
                        () -> "writes");
                ProcessHandle process = ProcessHandle.of(server.stats().pid()).orElseThrow();
                killed.set(true);
                assertThat(process.destroyForcibly()).isTrue();
                for (int writer = 0; writer < WRITERS; writer++) {
                    acknowledged[writer] = writers.get(writer).get();
                }
                server.close();
                server = builder.start();
                for (int writer = 0; writer < WRITERS; writer++) {
                    acknowledged[writer] = check(client, writer, acknowledged[writer]);
                }
            }
            System.out.printf(
                    "system-tests: a server of a manager killed %d times, %d writes acknowledged%n",
                    kills, 3L * (acknowledged[0] + acknowledged[1] + acknowledged[2]));
        } finally {
            server.close();
            threads.shutdownNow();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /**
     * Checks that each object has the acknowledged writes and at most one more, then makes the
     * objects equal.
     */
    private static int check(Manager client, int writer, int acknowledged) {
        SharedDict<Integer, Integer> dict = client.dict("numbers");
        SharedList<Integer> list = client.list("list " + writer);
        SharedCounter counter = client.counter("counter " + writer);
        assertThat(dict.getOrDefault(writer, 0)).isBetween(acknowledged, acknowledged + 1);
        assertThat(counter.get()).isBetween((long) acknowledged, acknowledged + 1L);
        List<Integer> there = new ArrayList<>(list);
        assertThat(there.size()).isBetween(acknowledged, acknowledged + 1);
        for (int i = 0; i < there.size(); i++) {
            assertThat(there.get(i)).isEqualTo(i + 1);
        }
        while (list.size() > acknowledged) {
            Integer unused = list.remove(list.size() - 1);
        }
        return acknowledged;
    }
}
