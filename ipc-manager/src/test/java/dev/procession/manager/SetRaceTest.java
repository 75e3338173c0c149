package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two threads use each compound operation of sets, counters and values at once. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SetRaceTest {

    private static final int ROUNDS = 300;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static Manager manager;
    private final String name = "o" + NAMES.incrementAndGet();

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    /** Adds or removes an element, and returns whether it did and not another thread. */
    private interface Claim {
        boolean apply(SharedSet<Integer> set, Integer element);
    }

    private static Arguments claim(String name, Claim claim) {
        return Arguments.of(name, claim);
    }

    static Stream<Arguments> additions() {
        return Stream.of(
                claim("add", (s, e) -> s.add(e)),
                claim("addAsync", (s, e) -> s.addAsync(e).join()),
                claim("addAll", (s, e) -> s.addAll(List.of(e))));
    }

    static Stream<Arguments> removals() {
        return Stream.of(
                claim("remove", (s, e) -> s.remove(e)),
                claim("removeAsync", (s, e) -> s.removeAsync(e).join()),
                claim("removeIf", (s, e) -> s.removeIf(e::equals)),
                claim("removeAll", (s, e) -> s.removeAll(List.of(e))),
                claim("removeAll of many", (s, e) -> s.removeAll(many(e))),
                claim("retainAll", (s, e) -> s.retainAll(others(e))));
    }

    private static List<Integer> others(int element) {
        return IntStream.range(0, ROUNDS).filter(each -> each != element).boxed().toList();
    }

    /** More than the set has, of which it has one. */
    private static List<Integer> many(int element) {
        return IntStream.range(0, ROUNDS + 2).map(i -> i == 0 ? element : -i).boxed().toList();
    }

    private int claims(Claim claim) throws Exception {
        SharedSet<Integer> set = manager.set(name);
        return TwoThreads.count(ROUNDS, element -> claim.apply(set, element));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void shouldLetOneThreadAddAnElement(String operation, Claim claim) throws Exception {
        assertThat(claims(claim)).isEqualTo(ROUNDS);
        assertThat(manager.set(name)).hasSize(ROUNDS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("removals")
    void shouldLetOneThreadRemoveAnElement(String operation, Claim claim) throws Exception {
        manager.<Integer>set(name).addAll(others(-1));
        assertThat(claims(claim)).isEqualTo(ROUNDS);
        assertThat(manager.set(name)).isEmpty();
    }

    /** Adds one. */
    private interface Increment {
        void apply(SharedCounter counter, SharedValue<Long> value);
    }

    private static Arguments increment(String name, Increment increment) {
        return Arguments.of(name, increment);
    }

    static Stream<Arguments> increments() {
        LongUnaryOperator plus = number -> number + 1;
        return Stream.of(
                increment("incrementAndGet", (c, v) -> c.incrementAndGet()),
                increment("getAndIncrement", (c, v) -> c.getAndIncrement()),
                increment("addAndGetAsync", (c, v) -> c.addAndGetAsync(1).join()),
                increment("updateAndGet", (c, v) -> c.updateAndGet(plus)),
                increment("compareAndSet", (c, v) -> compareAndSet(c)),
                increment("compareAndSetAsync", (c, v) -> compareAndSetAsync(c)),
                increment(
                        "value.updateAndGet",
                        (c, v) -> v.updateAndGet(old -> old == null ? 1 : old + 1)),
                increment("value.compareAndSet", (c, v) -> compareAndSet(v)));
    }

    private static void compareAndSet(SharedCounter counter) {
        long old;
        do {
            old = counter.get();
        } while (!counter.compareAndSet(old, old + 1));
    }

    private static void compareAndSetAsync(SharedCounter counter) {
        long old;
        do {
            old = counter.getAsync().join();
        } while (!counter.compareAndSetAsync(old, old + 1).join());
    }

    private static void compareAndSet(SharedValue<Long> value) {
        Long old;
        do {
            old = value.get();
        } while (!value.compareAndSet(old, old == null ? 1 : old + 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("increments")
    void shouldLoseNoIncrement(String operation, Increment increment) throws Exception {
        SharedCounter counter = manager.counter(name);
        SharedValue<Long> value = manager.value(name);
        TwoThreads.repeat(ROUNDS, () -> increment.apply(counter, value));
        Long ofValue = value.get();
        assertThat(counter.get() + (ofValue == null ? 0 : ofValue)).isEqualTo(2L * ROUNDS);
    }

    @Test
    void shouldGiveEachValueToTheThreadThatReplacesIt() throws Exception {
        SharedValue<Integer> value = manager.value(name);
        Background<Long> other = Background.start(() -> exchange(value, ROUNDS));
        long got = exchange(value, 0) + other.get();
        Integer last = value.getAndSet(null);
        assertThat(got + last).isEqualTo((2L * ROUNDS + 1) * ROUNDS);
    }

    /** Sets numbers and returns the sum of those that were there. */
    private static long exchange(SharedValue<Integer> value, int before) {
        long sum = 0;
        for (int i = 1; i <= ROUNDS; i++) {
            Integer old = value.getAndSet(before + i);
            sum += old == null ? 0 : old;
        }
        return sum;
    }
}
