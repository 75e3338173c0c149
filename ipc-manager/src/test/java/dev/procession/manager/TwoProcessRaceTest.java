package dev.procession.manager;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two processes, and two threads, use each compound operation of the collections at once, and
 * nothing is lost or done twice. The requests of threads of one process come in the order of their
 * one connection; those of two processes in any. {@link Operations} lists them all.
 */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoProcessRaceTest {

    private static final int ROUNDS = 150;

    /** Longer than the test. */
    private static final Duration LONG = Duration.ofHours(1);

    /** Stands for a number that a process has for itself. */
    private static final int TAKEN = -1;

    /**
     * What both processes do.
     *
     * @param prepare runs before them
     * @param attempt is made by each of them with each number; returns whether it succeeded
     * @param result what has come of it in the end, or null if that is how often they succeeded
     * @param expected the result
     */
    private record Operation(
            Runnable prepare, IntPredicate attempt, LongSupplier result, int expected) {}

    /** All operations by their names, each with objects of its own. */
    private static final class Operations {
        private final Manager manager;
        private final Map<String, Operation> all = new LinkedHashMap<>();

        Operations(Manager manager) {
            this.manager = manager;
            dicts();
            lists();
            sets();
            numbers();
            queues();
            synchronizers();
        }

        /** Adds one, in each round of each process. */
        private void increment(
                String name, Runnable prepare, Runnable increment, LongSupplier result) {
            IntPredicate attempt =
                    round -> {
                        increment.run();
                        return true;
                    };
            all.put(name, new Operation(prepare, attempt, result, 2 * ROUNDS));
        }

        /** Does what only one of the processes can do with each number. */
        private void claim(String name, Runnable prepare, IntPredicate claim) {
            all.put(name, new Operation(prepare, claim, null, ROUNDS));
        }

        /** Changes the entry 0, or all. */
        private interface OfDict {
            void apply(SharedDict<Integer, Integer> dict);
        }

        private void ofDict(String name, OfDict change) {
            SharedDict<Integer, Integer> dict = manager.dict(name);
            increment(name, () -> dict.set(0, 0), () -> change.apply(dict), () -> dict.get(0));
        }

        /** Adds or removes the entry of a key; returns whether this process did. */
        private interface ClaimOfEntry {
            boolean apply(SharedDict<Integer, Integer> dict, int key);
        }

        private void addition(String name, ClaimOfEntry claim) {
            SharedDict<Integer, Integer> dict = manager.dict(name);
            claim(name, dict::clear, key -> claim.apply(dict, key));
        }

        private void removal(String name, ClaimOfEntry claim) {
            SharedDict<Integer, Integer> dict = manager.dict(name);
            claim(
                    name,
                    () -> NUMBERS.forEach(number -> dict.set(number, number)),
                    key -> claim.apply(dict, key));
        }

        private void dicts() {
            ofDict("compute", d -> d.compute(0, (k, v) -> v + 1));
            ofDict("computeIfPresent", d -> d.computeIfPresent(0, (k, v) -> v + 1));
            ofDict("merge", d -> d.merge(0, 1, (a, b) -> a + b));
            ofDict("merge in the server", d -> d.merge(0, 1, Merge.sum()));
            ofDict("replaceAll", d -> d.replaceAll((k, v) -> v + 1));
            ofDict("mergeAsync", d -> d.mergeAsync(0, 1, Merge.sum()).join());
            ofDict("replace", TwoProcessRaceTest::replace);
            ofDict("replace, for the old value", TwoProcessRaceTest::exchange);
            ofDict("compute, mortal", d -> d.compute(0, (k, v) -> v + 1, LONG));
            ofDict("computeIfPresent, mortal", d -> d.computeIfPresent(0, (k, v) -> v + 1, LONG));
            ofDict("merge, mortal", d -> d.merge(0, 1, (a, b) -> a + b, LONG));
            ofDict("merge in the server, mortal", d -> d.merge(0, 1, Merge.sum(), LONG));
            ofDict("replace, mortal", TwoProcessRaceTest::replaceMortal);
            addition("put, mortal", (d, k) -> d.put(k, k, LONG) == null);
            addition("putIfAbsent, mortal", (d, k) -> d.putIfAbsent(k, k, LONG) == null);
            addition("computeIfAbsent, mortal", TwoProcessRaceTest::computeIfAbsentMortal);
            addition("putAsync", (d, k) -> d.putAsync(k, k).join() == null);
            addition("put", (d, k) -> d.put(k, k) == null);
            addition("putIfAbsent", (d, k) -> d.putIfAbsent(k, k) == null);
            addition("computeIfAbsent", TwoProcessRaceTest::computeIfAbsent);
            addition("putIfAbsentAsync", (d, k) -> d.putIfAbsentAsync(k, k).join() == null);
            removal("remove", (d, k) -> d.remove(k) != null);
            removal("remove a value", (d, k) -> d.remove(k, k));
            removal("keySet.remove", (d, k) -> d.keySet().remove(k));
            removal("keySet.retainAll", (d, k) -> d.keySet().retainAll(others(k)));
            removal("values.removeIf", (d, k) -> d.values().removeIf(value -> value == k));
            removal("values.remove", (d, k) -> d.values().remove((Object) k));
            removal("removeAsync", (d, k) -> d.removeAsync(k).join() != null);
            removal("compute to nothing", TwoProcessRaceTest::computeToNothing);
            removal("keySet.removeIf", (d, k) -> d.keySet().removeIf(key -> key == k));
            removal("keySet.removeAll", (d, k) -> d.keySet().removeAll(List.of(k)));
            removal("values.removeAll", (d, k) -> d.values().removeAll(List.of(k)));
            removal("values.retainAll", (d, k) -> d.values().retainAll(others(k)));
            removal("entrySet.remove", (d, k) -> d.entrySet().remove(Map.entry(k, k)));
            removal(
                    "entrySet.removeAll",
                    (d, k) -> d.entrySet().removeAll(List.of(Map.entry(k, k))));
            removal("entrySet.removeIf", (d, k) -> d.entrySet().removeIf(e -> e.getKey() == k));
        }

        /** Removes an element; returns whether this process did. */
        private interface ClaimOfElement {
            boolean apply(SharedList<Integer> list, Integer element);
        }

        private void ofList(String name, ClaimOfElement claim) {
            SharedList<Integer> list = manager.list(name);
            claim(name, () -> list.addAll(NUMBERS), element -> claim.apply(list, element));
        }

        private void lists() {
            ofList("list.remove", (l, e) -> l.remove(e));
            ofList("list.removeIf", (l, e) -> l.removeIf(e::equals));
            ofList("list.removeAll", (l, e) -> l.removeAll(List.of(e)));
            ofList("list.retainAll", (l, e) -> l.retainAll(others(e)));
            ofList("list.iterator.remove", ListRaceTest::removeByIterator);
            ofList("list.remove an index", (l, e) -> removeFirst(() -> l.remove(0)));
            ofList("list.removeAsync", (l, e) -> removeFirst(() -> l.removeAsync(0).join()));
            ofList("list.subList.clear", (l, e) -> removeFirst(() -> l.subList(0, 1).clear()));
            SharedList<Integer> exchanged = manager.list("list.set");
            increment(
                    "list.set",
                    () -> exchanged.add(0),
                    () -> exchange(exchanged),
                    () -> exchanged.get(0));
            SharedList<Integer> list = manager.list("list.replaceAll");
            increment(
                    "list.replaceAll",
                    () -> list.add(0),
                    () -> list.replaceAll(each -> each + 1),
                    () -> list.get(0));
            SharedList<Integer> sorted = manager.list("list.add, sort");
            increment(
                    "list.add, sort",
                    sorted::clear,
                    () -> {
                        sorted.add(0, 1);
                        sorted.sort(null);
                    },
                    sorted::size);
        }

        /** Adds or removes an element; returns whether this process did. */
        private interface ClaimOfMember {
            boolean apply(SharedSet<Integer> set, Integer element);
        }

        private void ofSet(String name, List<Integer> content, ClaimOfMember claim) {
            SharedSet<Integer> set = manager.set(name);
            claim(name, () -> set.addAll(content), element -> claim.apply(set, element));
        }

        private void sets() {
            ofSet("set.add", List.of(), (s, e) -> s.add(e));
            ofSet("set.addAll", List.of(), (s, e) -> s.addAll(List.of(e)));
            ofSet("set.add, mortal", List.of(), (s, e) -> s.add(e, LONG));
            ofSet("set.addAsync", List.of(), (s, e) -> s.addAsync(e).join());
            ofSet("set.removeAsync", NUMBERS, (s, e) -> s.removeAsync(e).join());
            ofSet("set.remove", NUMBERS, (s, e) -> s.remove(e));
            ofSet("set.removeIf", NUMBERS, (s, e) -> s.removeIf(e::equals));
            ofSet("set.removeAll", NUMBERS, (s, e) -> s.removeAll(List.of(e)));
            ofSet("set.retainAll", NUMBERS, (s, e) -> s.retainAll(others(e)));
        }

        private interface OfCounter {
            void apply(SharedCounter counter);
        }

        private void ofCounter(String name, OfCounter increment) {
            SharedCounter counter = manager.counter(name);
            increment(name, () -> counter.set(0), () -> increment.apply(counter), counter::get);
        }

        private interface OfValue {
            void apply(SharedValue<Long> value);
        }

        private void ofValue(String name, OfValue increment) {
            SharedValue<Long> value = manager.value(name);
            increment(name, () -> value.set(0L), () -> increment.apply(value), value::get);
        }

        private void numbers() {
            ofCounter("counter.incrementAndGet", SharedCounter::incrementAndGet);
            ofCounter("counter.getAndIncrement", SharedCounter::getAndIncrement);
            ofCounter("counter.addAndGet, mortal", c -> c.addAndGet(1, LONG));
            ofCounter("counter.addAndGetAsync", c -> c.addAndGetAsync(1).join());
            ofCounter("counter.updateAndGet", c -> c.updateAndGet(number -> number + 1));
            ofCounter("counter.compareAndSet", TwoProcessRaceTest::compareAndSet);
            ofValue("value.getAndSetAsync", TwoProcessRaceTest::exchange);
            ofValue("value.updateAndGet", v -> v.updateAndGet(number -> number + 1));
            ofValue("value.compareAndSet", TwoProcessRaceTest::compareAndSet);
        }

        private interface OfQueue {
            boolean apply(SharedQueue<Integer> queue, Integer element) throws Exception;
        }

        private void ofQueue(String name, List<Integer> content, OfQueue claim) {
            SharedQueue<Integer> queue = manager.queue(name, ROUNDS);
            claim(
                    name,
                    () -> queue.addAll(content),
                    element -> {
                        try {
                            return claim.apply(queue, element);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    });
        }

        private void queues() {
            ofQueue("queue.offer", List.of(), (q, e) -> q.offer(e));
            ofQueue("queue.offerAsync", List.of(), (q, e) -> q.offerAsync(e).join());
            ofQueue("queue.pollAsync", NUMBERS, (q, e) -> q.pollAsync().join() != null);
            ofQueue("queue.poll for a time", NUMBERS, (q, e) -> q.poll(1, MICROSECONDS) != null);
            ofQueue("queue.retainAll", NUMBERS, (q, e) -> q.retainAll(others(e)));
            SharedQueue<Integer> small = manager.queue("queue.put, take", 1);
            all.put(
                    "queue.put, take",
                    new Operation(small::clear, e -> putAndTake(small, e), null, 2 * ROUNDS));
            ofQueue("queue.poll", NUMBERS, (q, e) -> q.poll() != null);
            ofQueue("queue.remove", NUMBERS, (q, e) -> q.remove((Object) e));
            ofQueue("queue.removeIf", NUMBERS, (q, e) -> q.removeIf(e::equals));
            ofQueue("queue.removeAll", NUMBERS, (q, e) -> q.removeAll(List.of(e)));
            ofQueue("queue.drainTo", NUMBERS, (q, e) -> q.drainTo(new ArrayList<>(), 1) == 1);
            ofQueue("queue.lease", NUMBERS, TwoProcessRaceTest::lease);
        }

        private void synchronizers() {
            SharedNamespace namespace = manager.namespace("namespace.remove");
            claim(
                    "namespace.remove",
                    () -> NUMBERS.forEach(number -> namespace.set("n" + number, number)),
                    number -> namespace.remove("n" + number));
            SharedSemaphore permits = manager.semaphore("semaphore.tryAcquire", ROUNDS);
            claim("semaphore.tryAcquire", () -> {}, number -> permits.tryAcquire());
            SharedSemaphore reduced = manager.semaphore("semaphore.reducePermits", 4 * ROUNDS);
            increment(
                    "semaphore.reducePermits",
                    () -> {},
                    () -> reduced.reducePermits(1),
                    reduced::availablePermits);
            SharedLock lock = manager.lock("lock");
            SharedCounter counter = manager.counter("lock");
            increment(
                    "lock",
                    () -> counter.set(0),
                    () -> {
                        lock.lock();
                        try {
                            counter.set(counter.get() + 1);
                        } finally {
                            lock.unlock();
                        }
                    },
                    counter::get);
        }
    }

    private static final List<Integer> NUMBERS = IntStream.range(0, ROUNDS).boxed().toList();

    private static List<Integer> others(int number) {
        return NUMBERS.stream().filter(each -> each != number).toList();
    }

    private static void replace(SharedDict<Integer, Integer> dict) {
        int old;
        do {
            old = dict.get(0);
        } while (!dict.replace(0, old, old + 1));
    }

    private static void replaceMortal(SharedDict<Integer, Integer> dict) {
        int old;
        do {
            old = dict.get(0);
        } while (!dict.replace(0, old, old + 1, LONG));
    }

    /** Has the number for itself meanwhile. */
    private static void exchange(SharedDict<Integer, Integer> dict) {
        int old;
        do {
            old = dict.replace(0, TAKEN);
        } while (old == TAKEN);
        dict.set(0, old + 1);
    }

    private static void exchange(SharedList<Integer> list) {
        int old;
        do {
            old = list.set(0, TAKEN);
        } while (old == TAKEN);
        list.set(0, old + 1);
    }

    private static void exchange(SharedValue<Long> value) {
        Long old;
        do {
            old = value.getAndSetAsync(null).join();
        } while (old == null);
        value.set(old + 1);
    }

    private static boolean computeIfAbsent(SharedDict<Integer, Integer> dict, int key) {
        int own = ThreadLocalRandom.current().nextInt();
        return dict.computeIfAbsent(key, k -> own) == own;
    }

    private static boolean computeIfAbsentMortal(SharedDict<Integer, Integer> dict, int key) {
        int own = ThreadLocalRandom.current().nextInt();
        return dict.computeIfAbsent(key, k -> own, LONG) == own;
    }

    /** The function may run several times; its last run is the one that counts. */
    private static boolean computeToNothing(SharedDict<Integer, Integer> dict, int key) {
        boolean[] there = {false};
        dict.compute(
                key,
                (k, v) -> {
                    there[0] = v != null;
                    return null;
                });
        return there[0];
    }

    /** Removes the first element of a list; returns false if it is empty. */
    private static boolean removeFirst(Runnable removal) {
        while (true) {
            try {
                removal.run();
                return true;
            } catch (ConcurrentModificationException e) {
                // The other one was faster.
            } catch (IndexOutOfBoundsException e) {
                return false;
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(IndexOutOfBoundsException.class);
                return false;
            }
        }
    }

    private static boolean putAndTake(SharedQueue<Integer> queue, int number) {
        try {
            queue.put(number);
            return queue.take() != null;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void compareAndSet(SharedCounter counter) {
        long old;
        do {
            old = counter.get();
        } while (!counter.compareAndSet(old, old + 1));
    }

    private static void compareAndSet(SharedValue<Long> value) {
        Long old;
        do {
            old = value.get();
        } while (!value.compareAndSet(old, old + 1));
    }

    /** Leases an element, gives it back, and leases one for good. */
    private static boolean lease(SharedQueue<Integer> queue, Integer element)
            throws InterruptedException {
        var first = queue.lease(Duration.ZERO);
        first.ifPresent(SharedQueue.Lease::close);
        var second = queue.lease(Duration.ZERO);
        second.ifPresent(SharedQueue.Lease::done);
        return second.isPresent();
    }

    /** Does everything in this process; both begin each operation together. */
    private static Map<String, Integer> race(Manager manager)
            throws InterruptedException, BrokenBarrierException {
        SharedBarrier both = manager.barrier("both", 2);
        Map<String, Integer> successes = new HashMap<>();
        for (Map.Entry<String, Operation> each : new Operations(manager).all.entrySet()) {
            both.await();
            IntPredicate attempt = each.getValue().attempt;
            successes.put(each.getKey(), (int) NUMBERS.stream().filter(attempt::test).count());
        }
        return successes;
    }

    /** Has two do everything, and checks what has come of it. */
    private static void check(Manager manager, Callable<List<Map<String, Integer>>> bothRace)
            throws Exception {
        Map<String, Operation> operations = new Operations(manager).all;
        operations.values().forEach(operation -> operation.prepare.run());
        List<Map<String, Integer>> successes = bothRace.call();
        Map<String, Long> results = new LinkedHashMap<>();
        Map<String, Long> expected = new LinkedHashMap<>();
        operations.forEach(
                (name, operation) -> {
                    expected.put(name, (long) operation.expected);
                    results.put(
                            name,
                            operation.result == null
                                    ? successes.stream().mapToLong(each -> each.get(name)).sum()
                                    : operation.result.getAsLong());
                });
        assertThat(results).isEqualTo(expected);
    }

    @Test
    void shouldLoseAndRepeatNothingBetweenTwoProcesses() throws Exception {
        try (Manager manager = Manager.start()) {
            check(
                    manager,
                    () -> {
                        ChildProcess<Map<String, Integer>> one =
                                ChildProcess.start(() -> race(manager));
                        ChildProcess<Map<String, Integer>> other =
                                ChildProcess.start(() -> race(manager));
                        return List.of(one.result(), other.result());
                    });
        }
    }

    @Test
    void shouldLoseAndRepeatNothingBetweenTwoThreads() throws Exception {
        try (Manager manager = Manager.embedded()) {
            check(
                    manager,
                    () -> {
                        Background<Map<String, Integer>> other =
                                Background.start(() -> race(manager));
                        return List.of(race(manager), other.get());
                    });
        }
    }
}
