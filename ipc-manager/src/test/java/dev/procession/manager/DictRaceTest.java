package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two threads use each compound operation of a dict at once, and nothing is lost or done twice. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DictRaceTest {

    private static final int ROUNDS = 300;
    private static final int KEYS = 5;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static Manager manager;
    private final SharedDict<Integer, Integer> dict = manager.dict("d" + NAMES.incrementAndGet());

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    /** Adds one to the entry 0, or to all entries. */
    private interface Increment {
        void apply(SharedDict<Integer, Integer> dict);
    }

    private static Arguments increment(String name, Increment increment) {
        return Arguments.of(name, increment);
    }

    static Stream<Arguments> increments() {
        return Stream.of(
                increment("compute", d -> d.compute(0, (k, v) -> v + 1)),
                increment("computeIfPresent", d -> d.computeIfPresent(0, (k, v) -> v + 1)),
                increment("merge", d -> d.merge(0, 1, (a, b) -> a + b)),
                increment("merge in the server", d -> d.merge(0, 1, Merge.sum())),
                increment("mergeAsync", d -> d.mergeAsync(0, 1, Merge.sum()).join()),
                increment("replaceAll", d -> d.replaceAll((k, v) -> v + 1)),
                increment("replace", DictRaceTest::replace));
    }

    private static void replace(SharedDict<Integer, Integer> dict) {
        int old;
        do {
            old = dict.get(0);
        } while (!dict.replace(0, old, old + 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("increments")
    void shouldLoseNoIncrement(String name, Increment increment) throws Exception {
        dict.put(0, 0);
        TwoThreads.repeat(ROUNDS, () -> increment.apply(dict));
        assertThat(dict).containsOnly(Map.entry(0, 2 * ROUNDS));
    }

    /** Adds or removes the entry of a key, and returns whether it did and not another thread. */
    private interface Claim {
        boolean apply(SharedDict<Integer, Integer> dict, int key, int thread);
    }

    private static Arguments claim(String name, Claim claim) {
        return Arguments.of(name, claim);
    }

    static Stream<Arguments> additions() {
        return Stream.of(
                claim("putIfAbsent", (d, k, t) -> d.putIfAbsent(k, t) == null),
                claim("computeIfAbsent", (d, k, t) -> d.computeIfAbsent(k, x -> t) == t),
                claim("compute", (d, k, t) -> d.compute(k, (x, v) -> v == null ? t : v) == t),
                claim("merge", (d, k, t) -> d.merge(k, t, (old, own) -> old) == t),
                claim("put", (d, k, t) -> d.put(k, t) == null),
                claim("putIfAbsentAsync", (d, k, t) -> d.putIfAbsentAsync(k, t).join() == null));
    }

    static Stream<Arguments> removals() {
        return Stream.of(
                claim("remove", (d, k, t) -> d.remove(k) != null),
                claim("removeAsync", (d, k, t) -> d.removeAsync(k).join() != null),
                claim("remove a value", (d, k, t) -> d.remove(k, k)),
                claim("keySet.remove", (d, k, t) -> d.keySet().remove(k)),
                claim("keySet.removeIf", (d, k, t) -> d.keySet().removeIf(x -> x == k)),
                claim("keySet.removeAll", (d, k, t) -> d.keySet().removeAll(List.of(k))),
                claim("keySet.retainAll", (d, k, t) -> d.keySet().retainAll(others(k))),
                claim("values.remove", (d, k, t) -> d.values().remove((Object) k)),
                claim("values.removeIf", (d, k, t) -> d.values().removeIf(x -> x == k)),
                claim("values.removeAll", (d, k, t) -> d.values().removeAll(List.of(k))),
                claim("values.retainAll", (d, k, t) -> d.values().retainAll(others(k))),
                claim("entrySet.remove", (d, k, t) -> d.entrySet().remove(Map.entry(k, k))),
                claim(
                        "entrySet.removeIf",
                        (d, k, t) -> d.entrySet().removeIf(entry -> entry.getKey() == k)),
                claim(
                        "entrySet.removeAll",
                        (d, k, t) -> d.entrySet().removeAll(List.of(Map.entry(k, k)))));
    }

    private static List<Integer> others(int key) {
        return IntStream.range(0, ROUNDS).filter(each -> each != key).boxed().toList();
    }

    /** Both threads claim each key; returns how often one succeeded. */
    private int claims(Claim claim) throws Exception {
        Background<Integer> other = Background.start(() -> claims(claim, 1));
        return claims(claim, 2) + other.get();
    }

    private int claims(Claim claim, int thread) {
        int claims = 0;
        for (int key = 0; key < ROUNDS; key++) {
            claims += claim.apply(dict, key, thread) ? 1 : 0;
        }
        return claims;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void shouldLetOneThreadAddAnEntry(String name, Claim claim) throws Exception {
        assertThat(claims(claim)).isEqualTo(ROUNDS);
        assertThat(dict).hasSize(ROUNDS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("removals")
    void shouldLetOneThreadRemoveAnEntry(String name, Claim claim) throws Exception {
        for (int key = 0; key < ROUNDS; key++) {
            dict.set(key, key);
        }
        assertThat(claims(claim)).isEqualTo(ROUNDS);
        assertThat(dict).isEmpty();
    }

    /** Removes entries whose value is 0, so that the sum of all values stays. */
    private interface Sweep {
        void apply(SharedDict<Integer, Integer> dict);
    }

    private static Arguments sweep(String name, Sweep sweep) {
        return Arguments.of(name, sweep);
    }

    static Stream<Arguments> sweeps() {
        List<Integer> sums = IntStream.rangeClosed(1, ROUNDS).boxed().toList();
        List<Map.Entry<Integer, Integer>> zeros =
                IntStream.range(0, KEYS).mapToObj(key -> Map.entry(key, 0)).toList();
        return Stream.of(
                sweep("values.removeIf", d -> d.values().removeIf(v -> v == 0)),
                sweep("values.removeAll", d -> d.values().removeAll(Set.of(0))),
                sweep("values.retainAll", d -> d.values().retainAll(sums)),
                sweep("values.remove", d -> d.values().remove((Object) 0)),
                sweep("entrySet.removeIf", d -> d.entrySet().removeIf(e -> e.getValue() == 0)),
                sweep("entrySet.removeAll", d -> d.entrySet().removeAll(zeros)),
                sweep("remove", d -> IntStream.range(0, KEYS).forEach(key -> d.remove(key, 0))),
                sweep(
                        "computeIfPresent",
                        d ->
                                IntStream.range(0, KEYS)
                                        .forEach(
                                                key ->
                                                        d.computeIfPresent(
                                                                key,
                                                                (k, v) -> v == 0 ? null : v))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sweeps")
    void shouldRemoveNoValueThatHasChanged(String name, Sweep sweep) throws Exception {
        Background<Void> adder =
                Background.start(
                        () -> {
                            for (int i = 0; i < ROUNDS; i++) {
                                int key = i % KEYS;
                                dict.putIfAbsent(key, 0);
                                dict.merge(key, 1, Merge.sum());
                                if (i % (3 * KEYS) >= 2 * KEYS) { // starts anew, with its sum
                                    moveSum(key);
                                }
                            }
                            return null;
                        });
        for (int i = 0; i < ROUNDS; i++) {
            sweep.apply(dict);
        }
        adder.get();
        assertThat(dict.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(ROUNDS);
    }

    /** Sets an entry to 0 and adds what it had to another one. */
    private void moveSum(int key) {
        Integer sum = dict.replace(key, 0);
        if (sum != null) {
            dict.merge(KEYS, sum, Merge.sum());
        }
    }

    @Test
    void shouldRemoveByTheIteratorOnlyWhatIsThere() throws Exception {
        for (int key = 0; key < ROUNDS; key++) {
            dict.set(key, key);
        }
        Background<List<Integer>> remover =
                Background.start(
                        () -> {
                            List<Integer> removed = new ArrayList<>();
                            for (int key = 0; key < ROUNDS; key += 2) {
                                Integer value = dict.remove(key);
                                if (value != null) {
                                    removed.add(value);
                                }
                            }
                            return removed;
                        });
        Iterator<Integer> keys = dict.keySet().iterator();
        while (keys.hasNext()) {
            if (keys.next() % 2 == 1) {
                keys.remove();
            }
        }
        assertThat(remover.get()).hasSize(ROUNDS / 2);
        assertThat(dict).isEmpty();
    }

    @Test
    void shouldSetEntriesOfOneThreadBesideThoseOfAnother() throws Exception {
        dict.put(0, 0);
        dict.put(1, 0);
        Background<Void> other = Background.start(() -> setValues(1));
        Void unused = setValues(0);
        other.get();
        assertThat(dict).containsOnly(Map.entry(0, ROUNDS), Map.entry(1, ROUNDS));
    }

    private Void setValues(int key) {
        for (int i = 1; i <= ROUNDS; i++) {
            for (Map.Entry<Integer, Integer> entry : dict.entrySet()) {
                if (entry.getKey() == key) {
                    assertThat(entry.setValue(i)).isEqualTo(i - 1);
                }
            }
        }
        return null;
    }
}
