package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two clients of a queue of two elements, beside a small model. Each element is in the queue, is
 * leased by one client, or is gone; the queue and the server's count say the same, in all orders.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueModelTest {

    private static final int CLIENTS = 2;
    private static final int ELEMENTS = 2;

    /** So many steps that change something follow one another in all orders. */
    private static final int DEPTH = 5;

    private enum Action {
        POLL,
        LEASE,
        PUT_BACK_FIRST,
        PUT_BACK_SECOND,
        LEASE_DONE_FIRST,
        LEASE_DONE_SECOND,
        LEASE_RETURN_FIRST,
        LEASE_RETURN_SECOND,
        WITHDRAW_FIRST,
        WITHDRAW_LAST,
        CONFIRM,
        CUT,
        END,
        RESTART;

        /** The index of the element that it is about. */
        int element() {
            return name().endsWith("SECOND") ? 1 : 0;
        }
    }

    private record Step(int client, Action action) {
        @Override
        public String toString() {
            return "AB".charAt(client) + ":" + action;
        }
    }

    private static final List<Step> STEPS =
            Stream.of(0, 1)
                    .flatMap(client -> Arrays.stream(Action.values()).map(a -> new Step(client, a)))
                    .filter(step -> step.client == 0 || step.action != Action.RESTART)
                    .toList();

    /** What a client was granted and has not confirmed. */
    private record Grant(long seq, int element, boolean leased) {}

    /** What each element is in, and what could be taken back. */
    private static final class Model {
        private final TreeSet<Integer> inQueue = new TreeSet<>(List.of(0, 1));

        /** The client that has leased each element; -1 for none. */
        private final int[] leasedBy = {-1, -1};

        private final long[] leasedFor = new long[ELEMENTS];
        private final List<List<Grant>> grants = List.of(new ArrayList<>(), new ArrayList<>());

        private boolean isHere(int element) {
            return inQueue.contains(element) || leasedBy[element] >= 0;
        }

        /** Returns the element that was taken; -1 if there is none. */
        private int take(int client, long seq, boolean lease) {
            if (inQueue.isEmpty()) {
                return -1;
            }
            int element = inQueue.pollFirst();
            if (lease) {
                leasedBy[element] = client;
                leasedFor[element] = seq;
            }
            grants.get(client).add(new Grant(seq, element, lease));
            return element;
        }

        private boolean putBack(int client, int element) {
            if (isHere(element)) {
                return false;
            }
            grants.get(client).removeIf(grant -> grant.element == element && !grant.leased);
            return inQueue.add(element);
        }

        private boolean endLease(int client, int element, boolean back) {
            boolean ended = leasedBy[element] == client;
            if (ended) {
                leasedBy[element] = -1;
                if (back) {
                    inQueue.add(element);
                }
            }
            return ended;
        }

        private void withdraw(int client, Grant grant) {
            grants.get(client).remove(grant);
            if (!grant.leased) {
                if (!isHere(grant.element)) {
                    inQueue.add(grant.element);
                }
            } else if (leasedFor[grant.element] == grant.seq) {
                endLease(client, grant.element, true);
            }
        }

        private void end(int client) {
            grants.get(client).clear();
            for (int element = 0; element < ELEMENTS; element++) {
                endLease(client, element, true);
            }
        }

        private void restart() {
            grants.forEach(List::clear);
            inQueue.clear();
            Arrays.fill(leasedBy, -1);
        }

        private long count() {
            return inQueue.size() + Arrays.stream(leasedBy).filter(client -> client >= 0).count();
        }

        private String state() {
            return inQueue + Arrays.toString(leasedBy) + Arrays.toString(leasedFor) + grants;
        }
    }

    /** Both at once. */
    private static final class Walk {
        private final QueueFixture fixture = new QueueFixture(CLIENTS, ELEMENTS);
        private final Model model = new Model();

        /** Does a step in both; returns whether it has changed anything. */
        private boolean step(Step step) {
            String before = model.state();
            int client = step.client;
            int element = step.action.element();
            List<Grant> grants = model.grants.get(client);
            switch (step.action) {
                case POLL, LEASE -> {
                    boolean lease = step.action == Action.LEASE;
                    int taken = lease ? fixture.lease(client) : fixture.poll(client);
                    assertThat(taken).isEqualTo(model.take(client, fixture.seq(client), lease));
                }
                case PUT_BACK_FIRST, PUT_BACK_SECOND ->
                        assertThat(fixture.putBack(client, element))
                                .isEqualTo(model.putBack(client, element));
                case LEASE_DONE_FIRST, LEASE_DONE_SECOND ->
                        assertThat(fixture.leaseDone(client, element))
                                .isEqualTo(model.endLease(client, element, false));
                case LEASE_RETURN_FIRST, LEASE_RETURN_SECOND ->
                        assertThat(fixture.leaseReturn(client, element))
                                .isEqualTo(model.endLease(client, element, true));
                case WITHDRAW_FIRST, WITHDRAW_LAST -> {
                    if (!grants.isEmpty()) {
                        boolean first = step.action == Action.WITHDRAW_FIRST;
                        Grant grant = grants.get(first ? 0 : grants.size() - 1);
                        fixture.withdraw(client, grant.seq);
                        model.withdraw(client, grant);
                    }
                }
                case CONFIRM -> {
                    fixture.confirm(client);
                    grants.clear();
                }
                case CUT -> fixture.cutAndRepeat(client);
                case END -> {
                    fixture.end(client);
                    model.end(client);
                }
                case RESTART -> {
                    fixture.restart();
                    model.restart();
                }
            }
            check();
            return !model.state().equals(before);
        }

        private void check() {
            assertThat(fixture.listed()).containsExactlyElementsOf(model.inQueue);
            assertThat(fixture.count()).isEqualTo(model.count());
            assertThat(fixture.storedElements()).isEqualTo(model.count());
        }

        /** Ends the clients and clears the queue: nothing is counted any more. */
        private void close() {
            for (int client = 0; client < CLIENTS; client++) {
                fixture.end(client);
            }
            fixture.clear();
            assertThat(fixture.stored()).isZero();
        }
    }

    /** Does the steps; returns whether the last one has changed anything. */
    private static boolean walk(List<Step> steps) {
        try {
            Walk walk = new Walk();
            boolean changed = true;
            for (Step step : steps) {
                changed = walk.step(step);
            }
            walk.close();
            return changed;
        } catch (AssertionError e) {
            throw new AssertionError("steps=" + steps + ": " + e.getMessage(), e);
        }
    }

    private static long walkAll(List<Step> steps) {
        long walks = 0;
        for (Step step : STEPS) {
            if (steps.isEmpty() && step.client > 0) {
                continue; // both are alike at first
            }
            steps.add(step);
            walks++;
            if (walk(steps) && steps.size() < DEPTH) {
                walks += walkAll(steps);
            }
            steps.remove(steps.size() - 1);
        }
        return walks;
    }

    @Test
    void shouldCountWhatItKeepsOfPolledElementsUntilTheirClientEnds() {
        QueueFixture fixture = new QueueFixture(1, ELEMENTS);
        long before = fixture.stored();
        assertThat(fixture.lease(0)).isZero();
        assertThat(fixture.leaseDone(0, 0)).isTrue();
        assertThat(fixture.poll(0)).isEqualTo(1);
        assertThat(fixture.count()).isZero();
        assertThat(fixture.stored()).isBetween(1L, before - 1);
        fixture.end(0);
        assertThat(fixture.stored()).isZero();
    }

    @Test
    void shouldHaveEachElementInOnePlaceInAllOrders() {
        assertThat(walkAll(new ArrayList<>())).isGreaterThan(10_000);
    }

    @Test
    void shouldHaveEachElementInOnePlaceInLongWalks() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            walk(random.ints(40, 0, STEPS.size()).mapToObj(STEPS::get).toList());
        }
    }
}
