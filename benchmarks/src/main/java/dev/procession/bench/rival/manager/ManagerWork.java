package dev.procession.bench.rival.manager;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.rival.Children;
import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedEvent;
import dev.procession.manager.SharedLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The measured operations of a manager. */
public final class ManagerWork {

    public static final int IN_FLIGHT = 16;

    private static final String KEY = "key:1";
    private static final String VALUE = "value of a small entry";

    private ManagerWork() {}

    public static Figure get(Manager manager, int amount) throws Exception {
        SharedDict<String, String> dict = manager.dict("bench");
        dict.put(KEY, VALUE);
        return Latencies.of(amount, i -> require(VALUE.equals(dict.get(KEY))));
    }

    public static Figure put(Manager manager, int amount) throws Exception {
        SharedDict<String, String> dict = manager.dict("bench");
        dict.put(KEY, VALUE);
        return Latencies.of(amount, i -> require(VALUE.equals(dict.put(KEY, VALUE))));
    }

    @SuppressWarnings("LockNotBeforeTry") // only the two calls are measured
    public static Figure lockAndUnlock(Manager manager, int amount) throws Exception {
        SharedLock lock = manager.rlock("bench");
        return Latencies.of(
                amount,
                i -> {
                    lock.lock();
                    lock.unlock();
                });
    }

    /** In microseconds for each operation. */
    public static Figure pipelined(Manager manager, int amount) {
        SharedDict<String, String> dict = manager.dict("bench");
        dict.put(KEY, VALUE);
        List<CompletableFuture<String>> flight = new ArrayList<>(IN_FLIGHT);
        long start = System.nanoTime();
        for (int done = 0; done < amount; done += IN_FLIGHT) {
            for (int i = 0; i < IN_FLIGHT; i++) {
                flight.add(dict.getAsync(KEY));
            }
            flight.forEach(answer -> require(VALUE.equals(answer.join())));
            flight.clear();
        }
        return perOperation(start, amount);
    }

    /** In microseconds for each entry. */
    public static Figure batched(Manager manager, int amount) {
        SharedDict<Integer, String> dict = manager.dict("bench batches");
        List<Integer> keys = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            keys.add(i);
            dict.put(i, VALUE);
        }
        long start = System.nanoTime();
        for (int done = 0; done < amount; done += IN_FLIGHT) {
            require(dict.getAll(keys).size() == IN_FLIGHT);
        }
        return perOperation(start, amount);
    }

    /** Two processes take one lock in turn: microseconds from owner to owner. */
    public static Figure handOver(Manager manager, int amount) throws Exception {
        SharedLock lock = manager.lock("hand over");
        SharedEvent go = manager.event("go");
        SharedEvent ready = manager.event("ready");
        go.clear();
        ready.clear();
        int each = amount / 2;
        ChildProcess<Integer> child =
                Children.builder()
                        .start(
                                () -> {
                                    fight(lock, 200);
                                    ready.set();
                                    go.await();
                                    return fight(lock, each);
                                });
        fight(lock, 200);
        ready.await();
        long start = System.nanoTime();
        go.set();
        fight(lock, each);
        require(child.result() == each);
        Figure figure = perOperation(start, amount);
        child.join();
        return figure;
    }

    @SuppressWarnings("LockNotBeforeTry") // only the two calls are measured
    private static int fight(SharedLock lock, int times) {
        for (int i = 0; i < times; i++) {
            lock.lock();
            lock.unlock();
        }
        return times;
    }

    /** Many connections at once, a thread each: microseconds for each operation, all together. */
    public static Figure clients(Manager manager, int clients, int amount) throws Exception {
        SharedDict<String, String> dict = manager.dict("bench");
        dict.put(KEY, VALUE);
        CountDownLatch ready = new CountDownLatch(clients);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(clients);
        int each = amount / clients;
        for (int i = 0; i < clients; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                require(VALUE.equals(dict.get(KEY)));
                                ready.countDown();
                                awaitQuietly(go);
                                for (int n = 0; n < each; n++) {
                                    require(VALUE.equals(dict.get(KEY)));
                                }
                                done.countDown();
                            });
            thread.setDaemon(true);
            thread.start();
        }
        ready.await();
        long start = System.nanoTime();
        go.countDown();
        if (!done.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("some clients failed: unfinished=" + done.getCount());
        }
        return perOperation(start, each * clients);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the thread was interrupted", e);
        }
    }

    static Figure perOperation(long start, int amount) {
        return Figure.of((System.nanoTime() - start) / 1e3 / amount);
    }

    /** A wrong answer fails the rival. */
    public static void require(boolean right) {
        if (!right) {
            throw new IllegalStateException("a wrong answer");
        }
    }
}
