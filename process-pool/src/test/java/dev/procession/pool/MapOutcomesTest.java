package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.SerializableFunction;
import dev.procession.core.UnserializableException;
import dev.procession.core.WorkerCrashedException;
import dev.procession.testing.Await;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code mapOutcomes}: each item has its own result or failure. */
@Timeout(60)
class MapOutcomesTest extends OwnPool {

    private static final List<Integer> ITEMS = IntStream.range(0, 1000).boxed().toList();

    MapOutcomesTest() {
        super(2);
    }

    @Test
    void shouldGiveEachItemItsResultOrItsFailure() {
        for (int chunk : new int[] {0, 1, 7}) {
            MapOptions.Builder options = MapOptions.builder();
            MapOptions built = chunk == 0 ? MapOptions.DEFAULT : options.chunkSize(chunk).build();
            List<Outcome<Integer>> outcomes =
                    pool.mapOutcomes(MapOutcomesTest::odd, ITEMS, built).toList();
            assertThat(outcomes).extracting(Outcome::index).isEqualTo(indexes());
            for (Outcome<Integer> outcome : outcomes) {
                int item = (int) outcome.index();
                assertThat(outcome.isSuccess()).isEqualTo(item % 2 == 1);
                if (outcome.isSuccess()) {
                    assertThat(outcome.value()).isEqualTo(item);
                    assertThat(outcome.failure()).isEmpty();
                } else {
                    assertThat(outcome.failure().orElseThrow())
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage("even: " + item);
                    assertThatThrownBy(outcome::value)
                            .isInstanceOf(CompletionException.class)
                            .hasMessageContaining("item " + item + " failed")
                            .hasCause(outcome.failure().orElseThrow());
                }
            }
        }
    }

    private static List<Long> indexes() {
        return ITEMS.stream().map(i -> (long) i).toList();
    }

    private static int odd(int i) {
        if (i % 2 == 0) {
            throw new IllegalArgumentException("even: " + i);
        }
        return i;
    }

    @Test
    void shouldTellWhichItemItIsWhenTheyComeAsTheyAreDone() {
        MapOptions options = MapOptions.builder().unordered().chunkSize(3).build();
        List<Outcome<String>> outcomes =
                pool.mapOutcomes(i -> i % 10 == 0 ? null : "n" + i, ITEMS, options).toList();
        assertThat(outcomes)
                .extracting(Outcome::index)
                .containsExactlyInAnyOrderElementsOf(indexes());
        assertThat(outcomes)
                .allSatisfy(
                        o ->
                                assertThat(o.value())
                                        .isEqualTo(o.index() % 10 == 0 ? null : "n" + o.index()));
    }

    @Test
    void shouldFailTheItemAloneWhoseWorkerDies() {
        List<Outcome<Integer>> outcomes =
                pool.mapOutcomes(MapOutcomesTest::dieAtFives, ITEMS.subList(0, 12)).toList();
        assertThat(failed(outcomes)).containsExactly(5L, 10L);
        assertThat(outcomes)
                .filteredOn(o -> !o.isSuccess())
                .allSatisfy(
                        o ->
                                assertThat(o.failure().orElseThrow())
                                        .isInstanceOfSatisfying(
                                                WorkerCrashedException.class,
                                                e -> assertThat(e.exitCode()).isEqualTo(7)));
        assertThat(outcomes.get(11).value()).isEqualTo(11);
    }

    @Test
    void shouldFailTheWholeChunkWhoseWorkerDiesAndRunNoneTwice() {
        MapOptions chunks = MapOptions.builder().chunkSize(4).build();
        List<Outcome<Integer>> outcomes =
                pool.mapOutcomes(MapOutcomesTest::dieAtFives, ITEMS.subList(0, 10), chunks)
                        .toList();
        assertThat(failed(outcomes)).containsExactly(4L, 5L, 6L, 7L);
        assertThat(pool.stats().submitted()).isEqualTo(3);
        assertThat(pool.stats().retried()).isZero();
    }

    private static int dieAtFives(int i) {
        if (i > 0 && i % 5 == 0) {
            Runtime.getRuntime().halt(7);
        }
        return i;
    }

    private static List<Long> failed(List<? extends Outcome<?>> outcomes) {
        return outcomes.stream().filter(o -> !o.isSuccess()).map(Outcome::index).toList();
    }

    @Test
    void shouldFailTheItemAloneThatRunsTooLong() {
        try (ProcessPoolExecutor hasty =
                TestPools.quiet(2).taskTimeout(Duration.ofMillis(500)).build()) {
            List<Outcome<Long>> outcomes =
                    hasty.mapOutcomes(MapOutcomesTest::sleep, List.of(0L, 60_000L, 1L)).toList();
            assertThat(failed(outcomes)).containsExactly(1L);
            assertThat(outcomes.get(1).failure().orElseThrow())
                    .isInstanceOf(TaskTimeoutException.class);
            MapOptions pairs = MapOptions.builder().chunkSize(2).build();
            List<Long> delays = List.of(0L, 60_000L, 1L);
            assertThat(failed(hasty.mapOutcomes(MapOutcomesTest::sleep, delays, pairs).toList()))
                    .containsExactly(0L, 1L);
        }
    }

    private static long sleep(long millis) throws IllegalStateException {
        try {
            Thread.sleep(millis);
            return millis;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One that can be sent only if it is a good one. */
    private record Parcel(boolean good) implements Serializable {
        private Object writeReplace() {
            return good ? "good" : new Object();
        }
    }

    @Test
    void shouldFailTheItemAloneThatCannotBeSent() {
        for (int chunk : new int[] {1, 2, 5}) {
            MapOptions options = MapOptions.builder().chunkSize(chunk).build();
            List<Object> items = List.of("a", new Object(), "b", new Parcel(false), "c");
            List<Outcome<String>> outcomes =
                    pool.mapOutcomes(Object::toString, items, options).toList();
            assertThat(failed(outcomes)).containsExactly(1L, 3L);
            assertThat(outcomes.get(1).failure().orElseThrow())
                    .isInstanceOf(UnserializableException.class)
                    .hasMessageContaining("java.lang.Object");
            assertThat(List.of(outcomes.get(0).value(), outcomes.get(4).value()))
                    .containsExactly("a", "c");
        }
    }

    @Test
    void shouldFailTheItemAloneWhoseResultCannotBeSent() {
        for (int chunk : new int[] {1, 2, 5}) {
            MapOptions options = MapOptions.builder().chunkSize(chunk).build();
            List<Outcome<Object>> outcomes =
                    pool.mapOutcomes(
                                    i -> i == 2 ? new Object() : (Object) i,
                                    List.of(0, 1, 2, 3, 4),
                                    options)
                            .toList();
            assertThat(failed(outcomes)).containsExactly(2L);
            assertThat(outcomes.get(2).failure().orElseThrow())
                    .isInstanceOf(UnserializableException.class);
            assertThat(outcomes.get(3).value()).isEqualTo(3);
        }
    }

    @Test
    void shouldRefuseAFunctionThatCannotBeSentAtOnce() {
        Object here = new Object();
        SerializableFunction<Integer, Integer> function = i -> i + here.hashCode();
        assertThatThrownBy(() -> pool.mapOutcomes(function, ITEMS))
                .isInstanceOf(UnserializableException.class);
        assertThatThrownBy(() -> pool.map(function, ITEMS))
                .isInstanceOf(UnserializableException.class);
        assertThatThrownBy(() -> pool.map(Object::toString, List.of(here)))
                .isInstanceOf(UnserializableException.class);
        assertThat(pool.stats().submitted()).isZero();
    }

    @Test
    void shouldEndWhenNoWorkerCanBeStarted() {
        try (ProcessPoolExecutor broken =
                TestPools.quiet(1)
                        .initializer(
                                () -> {
                                    throw new IllegalStateException("no licence");
                                })
                        .build()) {
            Iterator<Outcome<Integer>> outcomes = broken.mapOutcomes(i -> i, ITEMS).iterator();
            assertThatThrownBy(outcomes::next)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(BrokenProcessPoolException.class);
        }
    }

    @Test
    void shouldEndAfterTheLastOutcomeWhenThePoolIsShutDown() {
        MapOptions one = MapOptions.builder().buffer(1).build();
        Iterator<Outcome<Integer>> outcomes = pool.mapOutcomes(i -> i, ITEMS, one).iterator();
        assertThat(outcomes.next().value()).isZero();
        pool.shutdown();
        List<Long> seen = new ArrayList<>();
        assertThatThrownBy(() -> outcomes.forEachRemaining(o -> seen.add(o.index())))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(seen.size()).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldEndWhenTheTimeOfAllIsOver() {
        MapOptions brief = MapOptions.builder().timeout(Duration.ofMillis(300)).build();
        Stream<Outcome<Long>> outcomes =
                pool.mapOutcomes(MapOutcomesTest::sleep, List.of(60_000L), brief);
        assertThatThrownBy(outcomes::toList)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        Await.until(() -> pool.stats().running() == 0, "the task has been stopped");
    }

    @Test
    void shouldReadEndlessItemsOnlySoFarAhead() {
        AtomicInteger read = new AtomicInteger();
        Iterable<Integer> endless = () -> Stream.generate(read::getAndIncrement).iterator();
        MapOptions options = MapOptions.builder().buffer(5).build();
        try (Stream<Outcome<Integer>> outcomes = pool.mapOutcomes(i -> i, endless, options)) {
            Iterator<Outcome<Integer>> each = outcomes.iterator();
            for (int i = 0; i < 200; i++) {
                assertThat(each.next().value()).isEqualTo(i);
                assertThat(read.get()).isLessThanOrEqualTo(i + 8);
            }
        }
    }
}
