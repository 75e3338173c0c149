package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.ManagerBuilder;
import dev.procession.manager.ManagerUnavailableException;
import dev.procession.manager.SharedCounter;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedList;
import dev.procession.manager.SharedLock;
import dev.procession.manager.SharedSemaphore;
import dev.procession.testing.Await;
import dev.procession.testing.Scale;
import dev.procession.testing.SystemTest;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with a store that is killed while clients write to it, in this process and in others.
 */
@SystemTest
@Timeout(1200)
class ManagerServerKillTest {

    private static final int WRITERS = 3;
    private static final int PERMITS = 2;
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
                        Duration.ofSeconds(60),
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

    /** What a client did: changes that were acknowledged, and those of which it does not know. */
    record Work(long acknowledged, long unknown) implements Serializable {}

    /**
     * Adds to the fenced entry until the event is set. A call that fails because the server died is
     * tried again, as a user's program would.
     */
    private static Work retry(String address) throws InterruptedException {
        long acknowledged = 0;
        long unknown = 0;
        try (Manager manager = Manager.connect(Path.of(address), SECRET)) {
            SharedLock lock = manager.rlock("fence");
            SharedDict<String, List<Long>> dict = manager.dict("fenced");
            SharedSemaphore semaphore = manager.semaphore("permits", PERMITS);
            boolean over = false;
            while (!over) {
                boolean asked = false;
                try {
                    semaphore.acquire();
                    semaphore.release();
                    lock.lock();
                    try {
                        long token = lock.fencingToken();
                        List<Long> before = dict.get("state"); // token and value
                        if (before.get(0) < token) { // else this lock is of an earlier server
                            asked = true;
                            if (dict.replace("state", before, List.of(token, before.get(1) + 1))) {
                                acknowledged++;
                            }
                            asked = false;
                        }
                    } finally {
                        lock.unlock();
                    }
                    over = manager.event("over").isSet();
                } catch (ManagerUnavailableException e) {
                    unknown += asked ? 1 : 0;
                    Thread.sleep(5); // a pause before the next attempt, as the server starts
                } catch (IllegalMonitorStateException e) {
                    // The lock ended with its server.
                }
            }
        }
        return new Work(acknowledged, unknown);
    }

    @Test
    void shouldServeClientsThatTryAgain(@TempDir Path directory, Random random) throws Exception {
        int kills = Scale.times(4, 30);
        Path address = directory.resolve("m");
        ManagerBuilder builder =
                Manager.builder().address(address, SECRET).persistTo(directory.resolve("store"));
        Manager server = builder.start();
        try (Manager here = Manager.connect(address, SECRET)) {
            SharedDict<String, List<Long>> dict = here.dict("fenced");
            dict.put("state", List.of(0L, 0L));
            String place = address.toString();
            List<ChildProcess<Work>> clients = new ArrayList<>();
            for (int client = 0; client < WRITERS; client++) {
                clients.add(ChildProcess.start(() -> retry(place)));
            }
            List<Long> last = dict.get("state");
            for (int kill = 0; kill < kills; kill++) {
                long target = last.get(1) + 50 + random.nextInt(500);
                Await.until(
                        Duration.ofSeconds(60),
                        () -> dict.get("state").get(1) >= target,
                        () -> "changes by clients");
                List<Long> before = dict.get("state");
                ProcessHandle process = ProcessHandle.of(server.stats().pid()).orElseThrow();
                assertThat(process.destroyForcibly()).isTrue();
                server.close();
                server = builder.start();
                last = dict.get("state");
                assertThat(last.get(0)).isGreaterThanOrEqualTo(before.get(0));
                assertThat(last.get(1)).isGreaterThanOrEqualTo(before.get(1));
            }
            here.event("over").set();
            long acknowledged = 0;
            long unknown = 0;
            for (ChildProcess<Work> client : clients) {
                acknowledged += client.result().acknowledged();
                unknown += client.result().unknown();
            }
            System.out.printf(
                    "system-tests: a server killed %d times under clients that try again: %d"
                            + " changes acknowledged, %d unknown%n",
                    kills, acknowledged, unknown);
            assertThat(dict.get("state").get(1)).isBetween(acknowledged, acknowledged + unknown);
            Await.until(() -> here.stats().clients() == 1, "only this process is a client");
            assertThat(here.stats().waitingRequests()).isZero();
            assertThat(here.rlock("fence").isLocked()).isFalse();
            assertThat(here.semaphore("permits", PERMITS).availablePermits()).isEqualTo(PERMITS);
            try (Stream<Path> files = Files.list(address)) {
                assertThat(files.filter(file -> file.getFileName().toString().startsWith("c")))
                        .as("life files of clients")
                        .hasSize(1);
            }
        } finally {
            server.close();
        }
    }
}
