package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two processes use each compound operation of the collections at once, and nothing is lost or done
 * twice. The requests of threads of one process come in the order of their one connection; those of
 * two processes in any.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoProcessRaceTest {

    private static final int ROUNDS = 150;

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
            ofDict("replace", TwoProcessRaceTest::replace);
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
            ofCounter("counter.updateAndGet", c -> c.updateAndGet(number -> number + 1));
            ofCounter("counter.compareAndSet", TwoProcessRaceTest::compareAndSet);
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
            ofQueue("queue.poll", NUMBERS, (q, e) -> q.poll() != null);
            ofQueue("queue.remove", NUMBERS, (q, e) -> q.remove((Object) e));
            ofQueue("queue.removeIf", NUMBERS, (q, e) -> q.removeIf(e::equals));
            ofQueue("queue.removeAll", NUMBERS, (q, e) -> q.removeAll(List.of(e)));
            ofQueue("queue.drainTo", NUMBERS, (q, e) -> q.drainTo(new ArrayList<>(), 1) == 1);
            ofQueue("queue.lease", NUMBERS, TwoProcessRaceTest::lease);
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

    private static boolean computeIfAbsent(SharedDict<Integer, Integer> dict, int key) {
        int own = (int) ProcessHandle.current().pid();
        return dict.computeIfAbsent(key, k -> own) == own;
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
        var first = queue.lease(java.time.Duration.ZERO);
        first.ifPresent(SharedQueue.Lease::close);
        var second = queue.lease(java.time.Duration.ZERO);
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

    @Test
    void shouldLoseAndRepeatNothingBetweenTwoProcesses() throws Exception {
        try (Manager manager = Manager.start()) {
            Map<String, Operation> operations = new Operations(manager).all;
            operations.values().forEach(operation -> operation.prepare.run());
            ChildProcess<Map<String, Integer>> one = ChildProcess.start(() -> race(manager));
            ChildProcess<Map<String, Integer>> other = ChildProcess.start(() -> race(manager));
            Map<String, Integer> ofOne = one.result();
            Map<String, Integer> ofOther = other.result();
            Map<String, Long> results = new LinkedHashMap<>();
            Map<String, Long> expected = new LinkedHashMap<>();
            operations.forEach(
                    (name, operation) -> {
                        expected.put(name, (long) operation.expected);
                        results.put(
                                name,
                                operation.result == null
                                        ? ofOne.get(name) + ofOther.get(name)
                                        : operation.result.getAsLong());
                    });
            assertThat(results).isEqualTo(expected);
        }
    }
}
