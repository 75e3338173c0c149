package dev.procession.bench.rival.manager;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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

    /** One client of several takes one lock and gives it back. */
    @SuppressWarnings("LockNotBeforeTry") // only the two calls are measured
    public static void fight(Manager manager, int times) {
        SharedLock lock = manager.lock("hand over");
        for (int i = 0; i < times; i++) {
            lock.lock();
            lock.unlock();
        }
    }

    /** One client of several gets one entry. */
    public static void gets(Manager manager, int times) {
        SharedDict<String, String> dict = manager.dict("bench");
        dict.put(KEY, VALUE);
        for (int i = 0; i < times; i++) {
            require(VALUE.equals(dict.get(KEY)));
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
