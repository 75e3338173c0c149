package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.ProcessOutput;
import dev.procession.core.UnserializableException;
import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MapTest {

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void open() {
        pool = ProcessPoolExecutor.builder().workers(2).output(ProcessOutput.discard()).build();
    }

    @AfterAll
    static void close() {
        pool.close();
        pool = null; // a pool keeps its lanes mapped until it is collected
    }

    @Test
    void shouldGiveResultsInOrderWhateverTheirKind() {
        List<Integer> items = IntStream.range(0, 20_000).boxed().toList();
        assertThat(pool.map(i -> i * 2, items).toList())
                .isEqualTo(items.stream().map(i -> i * 2).toList());
        assertThat(pool.map(i -> (long) i, items).toList())
                .isEqualTo(items.stream().map(i -> (long) i).toList());
        assertThat(pool.map(i -> i / 2.0, items).toList())
                .isEqualTo(items.stream().map(i -> i / 2.0).toList());
        assertThat(pool.map(i -> i % 3 == 0 ? null : "n" + i, items).toList())
                .isEqualTo(items.stream().map(i -> i % 3 == 0 ? null : "n" + i).toList());
        assertThat(pool.map(s -> s + "!", Arrays.asList("a", null, "b")).toList())
                .containsExactly("a!", "null!", "b!");
    }

    @Test
    void shouldEndWithTheShorterOfTwoSequences() {
        List<Integer> numbers = IntStream.range(0, 20_000).boxed().toList();
        AtomicInteger read = new AtomicInteger();
        Iterable<Integer> endless = () -> Stream.generate(read::getAndIncrement).iterator();
        assertThat(pool.map(Integer::sum, numbers, endless).toList())
                .isEqualTo(numbers.stream().map(i -> 2 * i).toList());
        assertThat(read).hasValue(numbers.size());
        assertThat(pool.map((s, i) -> s + i, endless, List.of("a", "b")).toList())
                .containsExactly("20000a", "20001b");
        assertThat(pool.map((a, b) -> a, List.of(), numbers).toList()).isEmpty();
        MapOptions options = MapOptions.builder().chunkSize(3).unordered().build();
        assertThat(pool.map(Math::max, numbers, List.of(9, 1, 1, 8), options).toList())
                .containsExactlyInAnyOrder(9, 1, 2, 8);
    }

    @Test
    void shouldFailInThePairsPlace() {
        List<Integer> divisors = List.of(3, 2, 0, 1);
        Stream<Integer> quotients = pool.map((a, b) -> a / b, List.of(12, 12, 12, 12), divisors);
        Iterator<Integer> results = quotients.iterator();
        assertThat(List.of(results.next(), results.next())).containsExactly(4, 6);
        assertThatThrownBy(results::next)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ArithmeticException.class);
        Object here = new Object();
        assertThatThrownBy(() -> pool.map((a, b) -> b, divisors, List.of(here)).toList())
                .isInstanceOf(UnserializableException.class)
                .hasMessageContaining("java.lang.Object");
    }

    @Test
    void shouldReadEndlessItemsOnlySoFarAhead() {
        AtomicInteger read = new AtomicInteger();
        Iterable<Integer> endless = () -> Stream.generate(read::getAndIncrement).iterator();
        MapOptions options = MapOptions.builder().chunkSize(10).buffer(3).build();
        try (Stream<Integer> squares = pool.map(i -> i * i, endless, options)) {
            Iterator<Integer> results = squares.iterator();
            for (int i = 0; i < 1000; i++) {
                assertThat(results.next()).isEqualTo(i * i);
                assertThat(read.get()).isLessThanOrEqualTo(i + 1 + 5 * 10);
            }
        }
        assertThat(pool.map(i -> i + 1, endless).limit(100_000).count()).isEqualTo(100_000);
    }

    @Test
    void shouldGiveResultsAsTheyAreDone() {
        MapOptions options = MapOptions.builder().chunkSize(1).unordered().build();
        List<Long> delays = List.of(40_000L, 0L, 1L, 2L);
        try (Stream<Long> results = pool.map(MapTest::sleep, delays, options)) {
            Iterator<Long> first = results.iterator();
            assertThat(List.of(first.next(), first.next(), first.next()))
                    .containsExactlyInAnyOrder(0L, 1L, 2L);
        }
        List<Integer> items = IntStream.range(0, 10_000).boxed().toList();
        List<Integer> all =
                pool.map(i -> i, items, MapOptions.builder().unordered().build()).toList();
        assertThat(all).hasSameSizeAs(items);
        assertThat(new HashSet<>(all)).isEqualTo(new HashSet<>(items));
    }

    @Test
    void shouldThrowInTheItemsPlace() {
        MapOptions options = MapOptions.builder().chunkSize(4).build();
        try (Stream<Integer> quotients = pool.map(i -> 12 / i, List.of(3, 2, 1, 0, 4), options)) {
            Iterator<Integer> results = quotients.iterator();
            assertThat(List.of(results.next(), results.next(), results.next()))
                    .containsExactly(4, 6, 12);
            assertThatThrownBy(results::next)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void shouldFailWhenAWorkerDies() {
        assertThatThrownBy(() -> pool.map(MapTest::die, List.of(1)).toList())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(WorkerCrashedException.class);
        assertThat(pool.map(i -> i, List.of(1)).toList()).containsExactly(1);
    }

    @Test
    void shouldEndWhenItsTimeIsOver() {
        for (MapOptions options :
                List.of(
                        MapOptions.builder().timeout(Duration.ofMillis(200)).build(),
                        MapOptions.builder().timeout(Duration.ofMillis(200)).unordered().build())) {
            assertThatThrownBy(() -> pool.map(MapTest::sleep, List.of(60_000L), options).toList())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        }
        assertThat(pool.map(i -> i, List.of(1)).toList()).containsExactly(1);
    }

    @Test
    void shouldEndWhenTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pool.map(MapTest::sleep, List.of(60_000L)).toList())
                .isInstanceOf(CancellationException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        Await.until(() -> pool.stats().running() == 0, "the task has been stopped");
    }

    @Test
    void shouldCancelWhatWasNotTakenWhenItIsClosed() {
        MapOptions single = MapOptions.builder().chunkSize(1).build();
        long before = pool.stats().cancelled();
        try (Stream<Long> results = pool.map(MapTest::sleep, List.of(0L, 60_000L), single)) {
            assertThat(results.iterator().next()).isZero();
        }
        assertThat(pool.stats().cancelled()).isEqualTo(before + 1);
    }

    private static long sleep(long millis) {
        try {
            Thread.sleep(millis);
            return millis;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int die(int status) {
        Runtime.getRuntime().halt(status);
        return 0;
    }

    @Test
    void shouldStopWhenTheActionThrows() {
        IllegalStateException enough = new IllegalStateException("enough");
        List<Integer> seen = new ArrayList<>();
        List<Integer> items = IntStream.range(0, 100).boxed().toList();
        Stream<Integer> results = pool.map(x -> x + 1, items);
        assertThatThrownBy(
                        () ->
                                results.forEach(
                                        value -> {
                                            seen.add(value);
                                            if (value == 50) {
                                                throw enough;
                                            }
                                        }))
                .isSameAs(enough);
        assertThat(seen).isEqualTo(items.subList(1, 51));
    }
}
