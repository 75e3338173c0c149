package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code map} handles items that come slowly, and a source that fails. */
final class MapSourceTest {

    private static final Duration DELAY = Duration.ofMillis(200);

    private final ProcessPoolExecutor pool = new ProcessPoolExecutor(2);

    @AfterEach
    void close() {
        pool.close();
    }

    /** Most of them, because the machine may be busy at any time. */
    @ParameterizedTest
    @CsvSource({"1, 2000, false", "1, 2000, true", "20, 150, false", "400, 8, false"})
    void shouldGiveEachResultSoonAfterItsItem(int millis, int count, boolean unordered) {
        assertThat(pool.map(i -> i, List.of(1, 2)).toList()).hasSize(2); // they are warm then
        List<Long> read = new ArrayList<>();
        Iterator<Integer> items =
                slowly(
                        count,
                        millis,
                        item -> {
                            synchronized (read) {
                                read.add(System.nanoTime());
                            }
                        });
        MapOptions options =
                unordered ? MapOptions.builder().unordered().build() : MapOptions.DEFAULT;
        int late = 0;
        try (Stream<Integer> results = pool.map(i -> i, () -> items, options)) {
            for (Iterator<Integer> each = results.iterator(); each.hasNext(); ) {
                long item = read.get(each.next());
                late += System.nanoTime() - item > DELAY.toNanos() ? 1 : 0;
            }
        }
        assertThat(late).isLessThanOrEqualTo(Math.max(1, count / 10));
    }

    private static Iterator<Integer> slowly(int count, int millis, IntConsumer watcher) {
        return IntStream.range(0, count)
                .peek(
                        item -> {
                            try {
                                Thread.sleep(millis);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            watcher.accept(item);
                        })
                .iterator();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 100})
    void shouldGiveWhatCameBeforeTheSourceFailed(int chunkSize) {
        MapOptions options = MapOptions.builder().chunkSize(chunkSize).build();
        IllegalStateException failure = new IllegalStateException("no seventh item");
        Iterator<Integer> items =
                IntStream.range(0, 20)
                        .peek(
                                item -> {
                                    if (item == 7) {
                                        throw failure;
                                    }
                                })
                        .iterator();
        List<Integer> results = new ArrayList<>();
        assertThatThrownBy(() -> pool.map(i -> i, () -> items, options).forEach(results::add))
                .isSameAs(failure);
        assertThat(results).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotLookWholeWhenAnotherThreadClosesTheStream(boolean unordered) {
        MapOptions.Builder options = MapOptions.builder().chunkSize(1);
        if (unordered) {
            options.unordered();
        }
        Stream<Long> results =
                pool.map(MapSourceTest::sleep, List.of(0L, 50_000L, 50_000L), options.build());
        Background<List<Long>> taking = Background.start(results::toList).awaitBlocked();
        results.close();
        assertThatThrownBy(() -> taking.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CancellationException.class);
    }

    @Test
    void shouldMapWithAPoolThatRejectsAndHasASmallQueue() {
        try (ProcessPoolExecutor small =
                ProcessPoolExecutor.builder()
                        .workers(1)
                        .queueCapacity(1)
                        .whenFull(WhenFull.REJECT)
                        .build()) {
            List<Integer> items = IntStream.range(0, 1000).boxed().toList();
            MapOptions single = MapOptions.builder().chunkSize(1).build();
            assertThat(small.map(i -> i, items, single).toList()).isEqualTo(items);
        }
    }

    private static long sleep(long millis) {
        try {
            Thread.sleep(millis);
            return millis;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
