package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.UnserializableException;
import dev.procession.testing.Background;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DictTest {

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    record Point(int x, long y, String name) {}

    static List<Object> keys() {
        return List.of(
                "",
                "text",
                "ünïcödé",
                "\u20ac\ud800",
                true,
                (byte) 1,
                (short) 1,
                'x',
                1,
                1L,
                1.5f,
                1.5,
                Double.NaN,
                new java.math.BigInteger("12345678901234567890"),
                new BigDecimal("1.50"),
                UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e"),
                DayOfWeek.FRIDAY,
                new Point(1, 2, "p"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void shouldTakeEveryKindOfKey(Object key) {
        SharedDict<Object, String> dict = manager.dict("keys " + key.getClass());
        assertThat(dict.put(key, "v")).isNull();
        assertThat(dict.get(key)).isEqualTo("v");
        assertThat(dict.keySet()).containsExactly(key);
        assertThat(dict.remove(key)).isEqualTo("v");
    }

    @Test
    void shouldTakeByteArraysByValue() {
        SharedDict<byte[], Integer> dict = manager.dict("bytes");
        dict.put(new byte[] {1, 2}, 7);
        assertThat(dict.get(new byte[] {1, 2})).isEqualTo(7);
    }

    @Test
    void shouldFindNothingByOtherKeys() {
        SharedDict<Object, String> dict = manager.dict("looked for");
        dict.put("k", "v");
        List<Integer> other = List.of(1);
        assertThat(dict.get(other)).isNull();
        assertThat(dict.containsKey(other)).isFalse();
        assertThat(dict.remove(other)).isNull();
        assertThat(dict.remove(other, "v")).isFalse();
        assertThat(dict.keySet().remove(other)).isFalse();
        assertThat(Map.of(other, "v").equals(dict)).isFalse();
        assertThat(Set.of(other).equals(dict.keySet())).isFalse();
        assertThatThrownBy(() -> dict.get(null)).isInstanceOf(NullPointerException.class);
        assertThat(dict).containsOnlyKeys("k");
    }

    @Test
    void shouldRefuseOtherKeysWithAReason() {
        SharedDict<Object, String> dict = manager.dict("refused");
        assertThatThrownBy(() -> dict.put(List.of(1), "v"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a key is a string")
                .hasMessageContaining("type=");
        record Deep(Object value) {}
        assertThatThrownBy(() -> dict.put(new Deep(new Deep(List.of())), "v"))
                .hasMessageContaining("component=Deep.value, component=Deep.value, type=");
    }

    @Test
    void shouldFailInTheCallerWhenAValueCannotBeSerialised() {
        SharedDict<String, Object> dict = manager.dict("values");
        assertThatThrownBy(() -> dict.put("k", new Object()))
                .isInstanceOf(UnserializableException.class);
        assertThat(dict.remove("k", new Object())).isFalse();
    }

    @Test
    void shouldCompareValuesAsObjects() {
        SharedDict<String, Set<String>> dict = manager.dict("equal");
        Set<String> one = new HashSet<>(4);
        Set<String> other = new HashSet<>(64);
        for (String element : List.of("Aa", "BB", "x", "y")) {
            one.add(element);
        }
        for (String element : List.of("y", "x", "BB", "Aa")) {
            other.add(element);
        }
        dict.put("k", new HashSet<>(one));
        assertThat(dict.replace("k", other, Set.of("new"))).isTrue();
        assertThat(dict.get("k")).isEqualTo(Set.of("new"));
    }

    @Test
    void shouldLoseNoUpdateOfManyThreads() throws Exception {
        SharedDict<String, Integer> dict = manager.dict("updates");
        List<Background<Integer>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(
                    Background.start(
                            () -> {
                                for (int i = 0; i < 250; i++) {
                                    dict.compute("c", (k, old) -> old == null ? 1 : old + 1);
                                    dict.merge("m", 1, Integer::sum);
                                    dict.merge("s", 1, Merge.sum());
                                }
                                return 250;
                            }));
        }
        for (Background<Integer> thread : threads) {
            assertThat(thread.get()).isEqualTo(250);
        }
        assertThat(dict)
                .containsOnly(Map.entry("c", 1000), Map.entry("m", 1000), Map.entry("s", 1000));
    }

    @Test
    void shouldMergeInTheServer() {
        SharedDict<String, String> texts = manager.dict("texts");
        assertThat(texts.merge("k", "a", Merge.append())).isEqualTo("a");
        assertThat(texts.merge("k", "b", Merge.append())).isEqualTo("ab");
        SharedDict<String, Double> numbers = manager.dict("numbers");
        numbers.put("k", 2.5);
        assertThat(numbers.merge("k", 1.5, Merge.min())).isEqualTo(1.5);
        assertThat(numbers.merge("k", 9.0, Merge.max())).isEqualTo(9.0);
        SharedDict<String, Object> mixed = manager.dict("numbers");
        assertThatThrownBy(() -> mixed.merge("k", 1, Merge.sum()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not of one type");
    }

    @Test
    void shouldIterateOverAConsistentSnapshot() {
        SharedDict<Integer, Integer> dict = manager.dict("snapshot");
        Map<Integer, Integer> before = new HashMap<>();
        for (int i = 0; i < 5000; i++) {
            before.put(i, i);
        }
        dict.putAll(before);
        Iterator<Map.Entry<Integer, Integer>> entries = dict.entrySet().iterator();
        Map<Integer, Integer> seen = new TreeMap<>();
        for (int i = 0; entries.hasNext(); i++) {
            Map.Entry<Integer, Integer> entry = entries.next();
            assertThat(seen.put(entry.getKey(), entry.getValue())).isNull();
            if (i % 3 == 0) {
                dict.remove(4999 - i);
                dict.put(i, -1);
                dict.put(100_000 + i, i);
                dict.remove(i + 1);
                dict.put(i + 1, -2);
            }
        }
        assertThat(seen).isEqualTo(before);
    }

    @Test
    @SuppressWarnings("try") // the watch only has to be open
    void shouldForgetAnEntryWhenItsTimeIsOver() throws Exception {
        SharedDict<String, Integer> dict = manager.dict("ttl");
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try (SharedDict.Watch watch =
                dict.watch(
                        new DictListener<String, Integer>() {
                            @Override
                            public void put(String key, Integer value) {
                                events.add("put " + key + value);
                            }

                            @Override
                            public void expired(String key) {
                                events.add("expired " + key);
                            }
                        })) {
            dict.put("stays", 2);
            dict.put("k", 1, Duration.ofMillis(50));
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("put stays2");
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("put k1");
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("expired k");
            assertThat(dict).containsOnlyKeys("stays");
        }
    }

    @Test
    @SuppressWarnings("try") // the watch only has to be open
    void shouldWatchOneEntry() throws Exception {
        SharedDict<String, Integer> dict = manager.dict("watched");
        BlockingQueue<Integer> events = new LinkedBlockingQueue<>();
        BlockingQueue<Integer> later = new LinkedBlockingQueue<>();
        SharedDict.Watch watch = dict.watch("k", (key, value) -> events.add(value));
        try (SharedDict.Watch end = dict.watch("end", (key, value) -> later.add(value))) {
            dict.put("other", 1);
            dict.put("k", 2);
            assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
            watch.close();
            dict.put("k", 3);
            dict.put("end", 4); // one thread calls all listeners, in the server's order
            assertThat(later.poll(10, TimeUnit.SECONDS)).isEqualTo(4);
            assertThat(events).isEmpty();
        }
    }

    @Test
    void shouldPipeline() {
        SharedDict<Integer, Integer> dict = manager.dict("async");
        List<CompletableFuture<Integer>> puts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            puts.add(dict.putAsync(i % 100, i));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(puts.get(i).join()).isEqualTo(i < 100 ? null : Integer.valueOf(i - 100));
        }
        assertThat(dict.mergeAsync(0, 1, Merge.sum()).join()).isEqualTo(9901);
        assertThat(dict.putIfAbsentAsync(0, 1).join()).isEqualTo(9901);
        assertThat(dict.removeAsync(0).join()).isEqualTo(9901);
        assertThat(dict.getAll(List.of(0, 1, 2))).containsOnlyKeys(1, 2);
    }

    @Test
    void shouldRefuseTooLargeValuesAndContinue() {
        try (Manager small = Manager.builder().maxMessageBytes(1 << 16).embedded()) {
            SharedDict<String, byte[]> dict = small.dict("large");
            dict.put("fits", new byte[60_000]);
            assertThatThrownBy(() -> dict.put("large", new byte[70_000]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit=65536");
            assertThatThrownBy(() -> dict.putAsync("large", new byte[70_000]).join())
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(dict.putAsync("fits", new byte[1]).join()).hasSize(60_000);
        }
    }

    @Test
    void shouldCarryLargeValues() {
        SharedDict<String, byte[]> dict = manager.dict("big");
        byte[] big = new byte[40 << 20];
        new java.util.Random(1).nextBytes(big);
        dict.put("k", big);
        assertThat(dict.get("k")).isEqualTo(big);
        dict.clear();
    }

    /** Called through its interface. */
    interface Register {
        int add(String name);

        List<String> names();

        void fail(String why);
    }

    private static final class MapRegister implements Register {
        private final Map<String, Integer> numbers = new LinkedHashMap<>();

        @Override
        public int add(String name) {
            return numbers.computeIfAbsent(name, n -> numbers.size());
        }

        @Override
        public List<String> names() {
            return new ArrayList<>(numbers.keySet());
        }

        @Override
        public void fail(String why) {
            throw new IllegalStateException(why);
        }
    }

    @Test
    void shouldCallAnObjectOfAUsersClass() throws Exception {
        try (Manager started = Manager.start()) {
            Register register = started.shared("r", Register.class, MapRegister::new);
            assertThat(register.add("hermione")).isZero();
            dev.procession.core.ChildProcess<Integer> child =
                    dev.procession.core.ChildProcess.start(() -> register.add("ron"));
            assertThat(child.result()).isEqualTo(1);
            assertThat(register.names()).containsExactly("hermione", "ron");
            assertThatThrownBy(() -> register.fail("no"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no");
            assertThat(started.shared("r", Register.class, MapRegister::new).names()).hasSize(2);
            child.join();
        }
    }

    @Test
    void shouldKeepCountersValuesAndNamespaces() {
        SharedCounter counter = manager.counter("n");
        assertThat(counter.get()).isZero();
        assertThat(counter.compareAndSet(0, 5)).isTrue();
        assertThat(counter.incrementAndGet()).isEqualTo(6);
        assertThat(counter.getAndAdd(4)).isEqualTo(6);
        assertThat(counter.updateAndGet(n -> n * 2)).isEqualTo(20);
        SharedValue<List<String>> value = manager.value("v");
        assertThat(value.get()).isNull();
        assertThat(value.compareAndSet(null, List.of("a"))).isTrue();
        assertThat(value.compareAndSet(List.of("b"), null)).isFalse();
        assertThat(value.updateAndGet(old -> List.of("b"))).containsExactly("b");
        assertThat(value.compareAndSet(List.of("b"), null)).isTrue();
        SharedNamespace namespace = manager.namespace("s");
        namespace.set("x", 1);
        namespace.set("y", List.of(2));
        assertThat(namespace.get("x", Integer.class)).isEqualTo(1);
        assertThat(namespace.toMap()).containsOnlyKeys("x", "y");
        assertThat(namespace.remove("x")).isTrue();
    }
}
