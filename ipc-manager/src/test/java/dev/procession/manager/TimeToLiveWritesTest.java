package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each write does to the time to live of an entry. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimeToLiveWritesTest {

    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATER = Duration.ofHours(1);
    private static final String KEY = "k";

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    /** A write of an entry whose value is 1. */
    private interface Write {
        void to(SharedDict<String, Integer> dict);
    }

    /** A write with the name under which a report shows it. */
    private record Named(String name, Write write) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Named write(String name, Write write) {
        return new Named(name, write);
    }

    static List<Named> writesWithATime() {
        return List.of(
                write("put", dict -> dict.put(KEY, 2, SOON)),
                write("set", dict -> dict.set(KEY, 2, SOON)),
                write("putAll", dict -> dict.putAll(Map.of(KEY, 2), SOON)),
                write("replaceIfPresent", dict -> dict.replaceIfPresent(KEY, 2, SOON)),
                write("replace", dict -> dict.replace(KEY, 1, 2, SOON)),
                write("compute", dict -> dict.compute(KEY, (k, v) -> 2, SOON)),
                write("computeIfPresent", dict -> dict.computeIfPresent(KEY, (k, v) -> 2, SOON)),
                write("merge", dict -> dict.merge(KEY, 2, (v, w) -> w, SOON)),
                write("merge in the server", dict -> dict.merge(KEY, 2, Merge.sum(), SOON)),
                write("touch", dict -> assertThat(dict.touch(KEY, SOON)).isTrue()));
    }

    @ParameterizedTest
    @MethodSource("writesWithATime")
    void shouldSetTheTimeOfAnEntryThatIsThere(Named named) {
        SharedDict<String, Integer> dict = manager.dict("sets by " + named);
        dict.set(KEY, 1);
        named.write.to(dict);
        Await.until(() -> !dict.containsKey(KEY), "the entry has expired");
        dict.set(KEY, 1, LATER);
        named.write.to(dict);
        Await.until(() -> !dict.containsKey(KEY), "the entry has expired earlier");
    }

    static List<Named> writesWithATimeOfNewEntries() {
        return List.of(
                write("put", dict -> dict.put(KEY, 2, SOON)),
                write("set", dict -> dict.set(KEY, 2, SOON)),
                write("putAll", dict -> dict.putAll(Map.of(KEY, 2), SOON)),
                write("putIfAbsent", dict -> dict.putIfAbsent(KEY, 2, SOON)),
                write("compute", dict -> dict.compute(KEY, (k, v) -> 2, SOON)),
                write("computeIfAbsent", dict -> dict.computeIfAbsent(KEY, k -> 2, SOON)),
                write("merge", dict -> dict.merge(KEY, 2, (v, w) -> w, SOON)),
                write("merge in the server", dict -> dict.merge(KEY, 2, Merge.sum(), SOON)));
    }

    @ParameterizedTest
    @MethodSource("writesWithATimeOfNewEntries")
    void shouldSetTheTimeOfANewEntry(Named named) throws Exception {
        SharedDict<String, Integer> dict = manager.dict("new by " + named);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (SharedDict.Watch watch = dict.watch(new Recorder(seen))) {
            assertThat(watch).isNotNull();
            named.write.to(dict);
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("put 2");
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("expired");
        }
        assertThat(dict).isEmpty();
    }

    /** Writes down the changes. */
    private record Recorder(BlockingQueue<String> seen) implements DictListener<String, Integer> {
        @Override
        public void put(String key, Integer value) {
            seen.add("put " + value);
        }

        @Override
        public void removed(String key) {
            seen.add("removed");
        }

        @Override
        public void expired(String key) {
            seen.add("expired");
        }

        @Override
        public void missed() {
            seen.add("missed");
        }
    }

    static List<Named> writesThatKeepTheTime() {
        return List.of(
                write("putIfAbsent", dict -> dict.putIfAbsent(KEY, 2)),
                write("putIfAbsent with a time", dict -> dict.putIfAbsent(KEY, 2, LATER)),
                write("replace", dict -> dict.replace(KEY, 2)),
                write("replace of a value", dict -> dict.replace(KEY, 1, 2)),
                write("compute", dict -> dict.compute(KEY, (k, v) -> 2)),
                write("computeIfAbsent", dict -> dict.computeIfAbsent(KEY, k -> null)),
                write("computeIfPresent", dict -> dict.computeIfPresent(KEY, (k, v) -> 2)),
                write("merge", dict -> dict.merge(KEY, 2, (v, w) -> w)),
                write("merge in the server", dict -> dict.merge(KEY, 2, Merge.sum())),
                write("replaceAll", dict -> dict.replaceAll((k, v) -> 2)));
    }

    @ParameterizedTest
    @MethodSource("writesThatKeepTheTime")
    void shouldKeepTheTimeOfAnEntry(Named named) {
        SharedDict<String, Integer> dict = manager.dict("kept by " + named);
        writeInTime(dict, named.write);
        Await.until(() -> !dict.containsKey(KEY), "the entry has expired");
    }

    /** Writes an entry that is to expire, and has not expired before the write. */
    private static void writeInTime(SharedDict<String, Integer> dict, Write write) {
        Duration life = Duration.ofMillis(50);
        do {
            life = life.multipliedBy(2);
            dict.set("expires earlier", 0, life);
            dict.set(KEY, 1, life);
            write.to(dict);
        } while (!dict.containsKey("expires earlier"));
    }

    static List<Named> writesThatEndTheTime() {
        return List.of(
                write("put", dict -> dict.put(KEY, 2)),
                write("set", dict -> dict.set(KEY, 2)),
                write("putAll", dict -> dict.putAll(Map.of(KEY, 2))),
                write("touch", dict -> dict.touch(KEY, Duration.ofDays(100_000))),
                write("setValue", TimeToLiveWritesTest::setValue));
    }

    private static void setValue(SharedDict<String, Integer> dict) {
        for (Map.Entry<String, Integer> entry : dict.entrySet()) {
            if (entry.getKey().equals(KEY)) {
                entry.setValue(2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("writesThatEndTheTime")
    void shouldMakeAnEntryLiveForEver(Named named) {
        SharedDict<String, Integer> dict = manager.dict("for ever by " + named);
        writeInTime(dict, named.write);
        dict.set("expires later", 1, Duration.ofSeconds(1));
        Await.until(() -> !dict.containsKey("expires later"), "a later entry has expired");
        assertThat(dict).containsKey(KEY);
    }

    @Test
    void shouldTouchNoEntryThatIsNotThere() {
        assertThat(manager.<String, Integer>dict("none").touch(KEY, LATER)).isFalse();
        assertThat(manager.value("none").touch(LATER)).isFalse();
        assertThat(manager.counter("none").touch(LATER)).isFalse();
        assertThat(manager.<String>set("none").touch(KEY, LATER)).isFalse();
    }

    @Test
    void shouldTellNoListenerOfATouch() throws Exception {
        SharedDict<String, Integer> dict = manager.dict("touched");
        dict.set(KEY, 1);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (SharedDict.Watch watch = dict.watch(new Recorder(seen))) {
            assertThat(watch).isNotNull();
            assertThat(dict.touch(KEY, LATER)).isTrue();
            dict.set(KEY, 2);
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("put 2");
        }
    }

    @Test
    void shouldRefuseADurationThatIsNotPositive() {
        SharedDict<String, Integer> dict = manager.dict("refused");
        assertThatThrownBy(() -> dict.touch(KEY, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positive");
        assertThatThrownBy(() -> dict.set(KEY, 1, Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(dict).isEmpty();
    }

    @Test
    void shouldExpireValues() {
        SharedValue<String> value = manager.value("expires");
        value.set("a", SOON);
        Await.until(() -> value.get() == null, "the value has expired");
        assertThat(value.compareAndSet(null, "b", LATER)).isTrue();
        assertThat(value.compareAndSet("a", "c", SOON)).isFalse();
        assertThat(value.compareAndSet("b", "c", SOON)).isTrue();
        Await.until(() -> value.get() == null, "the value has expired");
        value.set("d");
        assertThat(value.touch(SOON)).isTrue();
        Await.until(() -> value.get() == null, "the value has expired");
    }

    @Test
    void shouldExpireCounters() {
        SharedCounter counter = manager.counter("expires");
        counter.set(5, SOON);
        Await.until(() -> counter.get() == 0, "the number has expired");
        assertThat(counter.addAndGet(3)).isEqualTo(3);
        assertThat(counter.addAndGet(3, SOON)).isEqualTo(6);
        Await.until(() -> counter.get() == 0, "the number has expired");
        counter.set(7);
        assertThat(counter.touch(SOON)).isTrue();
        Await.until(() -> counter.get() == 0, "the number has expired");
    }

    @Test
    void shouldExpireElementsOfASet() {
        SharedSet<String> set = manager.set("expires");
        assertThat(set.add("a")).isTrue();
        assertThat(set.add("a", SOON)).isFalse();
        assertThat(set.add("b", SOON)).isTrue();
        Await.until(() -> set.size() == 1, "an element has expired");
        assertThat(set.touch("a", Duration.ofSeconds(2))).isTrue();
        assertThat(set.addAll(List.of("a", "c"))).isTrue();
        Await.until(() -> set.size() == 1, "an element has expired");
        assertThat(set).containsExactly("c");
    }

    @Test
    void shouldKeepTheTimeOfATouchOverARestart(@TempDir Path directory) {
        ManagerBuilder builder =
                Manager.builder()
                        .address(directory.resolve("m"), new byte[] {1})
                        .persistTo(directory.resolve("store"));
        try (Manager first = builder.embedded()) {
            SharedDict<String, Integer> dict = first.dict("d");
            dict.set(KEY, 1);
            dict.set("l", 1);
            assertThat(dict.touch(KEY, Duration.ofMillis(500))).isTrue();
        }
        try (Manager second = builder.embedded()) {
            SharedDict<String, Integer> dict = second.dict("d");
            Await.until(() -> dict.size() == 1, "the touched entry has expired");
            assertThat(dict).containsOnlyKeys("l");
        }
    }
}
