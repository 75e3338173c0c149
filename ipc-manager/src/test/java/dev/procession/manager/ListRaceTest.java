package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.ListIterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two threads use each compound operation of a list at once, and nothing is lost or done twice. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListRaceTest {

    private static final int ROUNDS = 200;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static Manager manager;
    private final SharedList<Integer> list = manager.list("l" + NAMES.incrementAndGet());

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    /** Removes an element, and returns whether it did and not another thread. */
    private interface Removal {
        boolean apply(SharedList<Integer> list, Integer element);
    }

    private static Arguments removal(String name, Removal removal) {
        return Arguments.of(name, removal);
    }

    static Stream<Arguments> removals() {
        return Stream.of(
                removal("remove", (l, e) -> l.remove(e)),
                removal("removeIf", (l, e) -> l.removeIf(e::equals)),
                removal("removeAll", (l, e) -> l.removeAll(List.of(e))),
                removal("retainAll", (l, e) -> l.retainAll(others(e))),
                removal("iterator.remove", ListRaceTest::removeByIterator));
    }

    private static List<Integer> others(int element) {
        return IntStream.range(0, ROUNDS).filter(each -> each != element).boxed().toList();
    }

    /** Removes an element that others remove as well; returns whether this caller has. */
    static boolean removeByIterator(SharedList<Integer> list, Integer element) {
        while (true) {
            ListIterator<Integer> elements = list.listIterator();
            boolean found = false;
            while (!found && elements.hasNext()) {
                found = elements.next().equals(element);
            }
            if (!found) {
                return false;
            }
            try {
                elements.remove();
                return true;
            } catch (ConcurrentModificationException e) {
                // Another one was faster.
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("removals")
    void shouldLetOneThreadRemoveAnElement(String name, Removal removal) throws Exception {
        list.addAll(IntStream.range(0, ROUNDS).boxed().toList());
        int removed = TwoThreads.count(ROUNDS, element -> removal.apply(list, element));
        assertThat(removed).isEqualTo(ROUNDS);
        assertThat(list).isEmpty();
    }

    /**
     * Changes the list's order or nothing, while another thread adds, removes and sets elements.
     */
    private interface Rearrangement {
        void apply(SharedList<Integer> list);
    }

    private static Arguments rearrangement(String name, Rearrangement rearrangement) {
        return Arguments.of(name, rearrangement);
    }

    static Stream<Arguments> rearrangements() {
        return Stream.of(
                rearrangement("sort", l -> l.sort(Comparator.reverseOrder())),
                rearrangement("replaceAll", l -> l.replaceAll(each -> each)),
                rearrangement("subList.sort", l -> l.subList(0, 3).sort(null)),
                rearrangement(
                        "subList of a subList.sort",
                        l -> l.subList(0, 4).subList(0, 3).sort(Comparator.reverseOrder())),
                rearrangement("subList.replaceAll", l -> l.subList(0, 3).replaceAll(each -> each)),
                rearrangement(
                        "removeIf",
                        l -> {
                            l.add(-1);
                            l.removeIf(each -> each < 0);
                        }),
                rearrangement(
                        "subList.clear",
                        l -> {
                            l.add(0, -1); // stays the first one, as others are added at the end
                            l.subList(0, 1).clear();
                        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rearrangements")
    void shouldKeepWhatAnotherThreadAddsAndSets(String name, Rearrangement change)
            throws Exception {
        list.addAll(List.of(0, 0, 0, 0));
        Background<Void> adder =
                Background.start(
                        () -> {
                            for (int i = 1; i <= ROUNDS; i++) {
                                list.add(i);
                            }
                            return null;
                        });
        for (int i = 0; i < ROUNDS; i++) {
            change.apply(list);
        }
        adder.get();
        List<Integer> expected = new ArrayList<>(List.of(0, 0, 0));
        IntStream.rangeClosed(0, ROUNDS).forEach(expected::add);
        assertThat(list).containsExactlyInAnyOrderElementsOf(expected);
    }

    static Stream<Arguments> increments() {
        return Stream.of(
                rearrangement("replaceAll", l -> l.replaceAll(each -> each + 1)),
                rearrangement(
                        "subList.replaceAll", l -> l.subList(0, 2).replaceAll(each -> each + 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("increments")
    void shouldLoseNoIncrement(String name, Rearrangement increment) throws Exception {
        list.addAll(List.of(0, 0));
        TwoThreads.repeat(ROUNDS, () -> increment.apply(list));
        assertThat(list).isEqualTo(Collections.nCopies(2, 2 * ROUNDS));
    }
}
