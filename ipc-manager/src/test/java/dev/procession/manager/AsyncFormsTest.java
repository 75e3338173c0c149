package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.UnserializableException;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Background;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The asynchronous methods of lists, sets, values, counters and dicts do what the others do. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncFormsTest {

    private static final int CALLS = 500;

    private static Manager manager;

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    private static <T> List<T> joined(List<CompletableFuture<T>> calls) {
        List<T> results = new ArrayList<>();
        calls.forEach(call -> results.add(call.join()));
        return results;
    }

    @Test
    void shouldCarryOutTheCallsOfAListInTheirOrder() {
        SharedList<Integer> list = manager.list("order");
        List<CompletableFuture<Boolean>> additions = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            additions.add(list.addAsync(i));
        }
        assertThat(list).hasSize(CALLS); // a call behind them finds them all
        assertThat(joined(additions)).containsOnly(true);
        CompletableFuture<Integer> before = list.setAsync(1, -1);
        CompletableFuture<Integer> there = list.getAsync(1);
        CompletableFuture<Integer> removed = list.removeAsync(0);
        CompletableFuture<Integer> first = list.getAsync(0);
        CompletableFuture<Integer> size = list.sizeAsync();
        assertThat(joined(List.of(before, there, removed, first, size)))
                .containsExactly(1, -1, 0, -1, CALLS - 1);
    }

    @Test
    void shouldFailCallsForAnIndexThatIsNotThere() {
        SharedList<Integer> list = manager.list("indices");
        list.add(1);
        for (CompletableFuture<Integer> call :
                List.of(list.getAsync(1), list.setAsync(-1, 2), list.removeAsync(7))) {
            assertThatThrownBy(call::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("size=1");
        }
        assertThat(list).containsExactly(1);
    }

    @Test
    void shouldSayOnceOfEachElementThatItWasAddedOrRemoved() {
        SharedSet<Integer> set = manager.set("once");
        List<CompletableFuture<Boolean>> additions = new ArrayList<>();
        List<CompletableFuture<Boolean>> removals = new ArrayList<>();
        IntStream.range(0, CALLS).forEach(i -> additions.add(set.addAsync(i % 7)));
        CompletableFuture<Boolean> contained = set.containsAsync(6);
        CompletableFuture<Boolean> missing = set.containsAsync(7);
        IntStream.range(0, CALLS).forEach(i -> removals.add(set.removeAsync(i % 7)));
        assertThat(Collections.frequency(joined(additions), true)).isEqualTo(7);
        assertThat(Collections.frequency(joined(removals), true)).isEqualTo(7);
        assertThat(contained.join()).isTrue();
        assertThat(missing.join()).isFalse();
        assertThat(set).isEmpty();
    }

    @Test
    void shouldCountEachAdditionOnce() {
        SharedCounter counter = manager.counter("additions");
        assertThat(counter.getAsync().join()).isZero();
        List<CompletableFuture<Long>> sums = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            sums.add(i % 2 == 0 ? counter.addAndGetAsync(3) : counter.decrementAndGetAsync());
            sums.add(counter.incrementAndGetAsync());
        }
        assertThat(joined(sums)).last().isEqualTo(2L * CALLS);
        assertThat(counter.setAsync(5).thenCompose(set -> counter.getAsync()).join()).isEqualTo(5);
    }

    @Test
    void shouldSetANumberByOneOfManyCallsThatCompare() {
        SharedCounter counter = manager.counter("compare");
        List<CompletableFuture<Boolean>> absent = new ArrayList<>();
        List<CompletableFuture<Boolean>> zero = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> absent.add(counter.compareAndSetAsync(0, 1)));
        assertThat(Collections.frequency(joined(absent), true)).isEqualTo(1);
        counter.set(0);
        IntStream.range(0, 20).forEach(i -> zero.add(counter.compareAndSetAsync(0, 2)));
        assertThat(Collections.frequency(joined(zero), true)).isEqualTo(1);
        assertThat(counter.compareAndSetAsync(1, 3).join()).isFalse();
        assertThat(counter.compareAndSetAsync(2, 3).join()).isTrue();
        assertThat(counter.get()).isEqualTo(3);
    }

    @Test
    void shouldSetAndCompareAValue() {
        SharedValue<List<Integer>> value = manager.value("v");
        List<Integer> one = List.of(1);
        assertThat(value.getAsync().join()).isNull();
        assertThat(value.compareAndSetAsync(null, null).join()).isTrue();
        assertThat(value.compareAndSetAsync(null, one).join()).isTrue();
        assertThat(value.compareAndSetAsync(null, one).join()).isFalse();
        List<Integer> equal = new ArrayList<>(one); // other bytes
        assertThat(value.compareAndSetAsync(equal, List.of(2)).join()).isTrue();
        assertThat(value.compareAndSetAsync(equal, one).join()).isFalse();
        assertThat(value.getAndSetAsync(List.of(3)).join()).containsExactly(2);
        assertThat(value.setAsync(List.of(4)).thenCompose(set -> value.getAsync()).join())
                .containsExactly(4);
        assertThat(value.compareAndSetAsync(List.of(4), null).join()).isTrue();
        assertThat(value.setAsync(List.of(5)).join()).isNull();
        assertThat(value.setAsync(null).join()).isNull();
        assertThat(value.getAndSetAsync(null).join()).isNull();
    }

    @Test
    void shouldPutWithoutTheValueBefore() {
        SharedDict<String, Integer> dict = manager.dict("set");
        assertThat(dict.setAsync("a", 1).join()).isNull();
        assertThat(dict.setAsync("a", 2).join()).isNull();
        assertThat(dict.getAsync("a").join()).isEqualTo(2);
    }

    @Test
    void shouldThrowInTheCallersThreadWhatCannotBeEncoded() {
        SharedList<Object> list = manager.list("unfit");
        assertThatThrownBy(() -> list.addAsync(new Object()))
                .isInstanceOf(UnserializableException.class);
        assertThatThrownBy(() -> manager.<Object>set("unfit").addAsync(new Object()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manager.value("unfit").compareAndSetAsync(1, new Object()))
                .isInstanceOf(UnserializableException.class);
    }

    /** On the manager's own thread, while others poll, or while there is no connection. */
    @Test
    void shouldLetAnActionCallTheManager() throws Exception {
        SharedCounter counter = manager.counter("action");
        AtomicBoolean over = new AtomicBoolean();
        Background<Void> poller =
                Background.start(
                        () -> {
                            for (int i = 1; !over.get(); i++) {
                                if (i % 100 == 0) {
                                    ((RemoteManager) manager).client().cutConnections();
                                }
                                long unused = counter.get();
                            }
                            return null;
                        });
        try {
            for (int i = 0; i < CALLS; i++) {
                CompletableFuture<Long> number = new CompletableFuture<>();
                CompletableFuture<Void> unused =
                        counter.incrementAndGetAsync()
                                .thenAccept(sum -> number.complete(counter.incrementAndGet()));
                assertThat(number.get(20, TimeUnit.SECONDS)).isEqualTo(2 * i + 2);
            }
        } finally {
            over.set(true);
        }
        poller.get();
    }
}
