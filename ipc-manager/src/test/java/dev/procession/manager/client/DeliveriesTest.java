package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.proto.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which threads run actions that wait for each other, and that others have to run. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeliveriesTest {

    private static final int MORE = 20;
    private static final int THREADS = 4;

    private final ReaderTurns turns = new ReaderTurns();
    private final Deliveries deliveries = new Deliveries(turns, THREADS);

    /** A call whose end runs an action. */
    private static final class Ended extends PendingCall {
        private final Runnable action;

        Ended(Runnable action) {
            super(new byte[0], true);
            this.action = action;
        }

        @Override
        void handOver() {
            action.run();
        }

        @Override
        boolean runsActions() {
            return true;
        }
    }

    /** Runs an action within so many that wait on this thread. */
    private void nested(int depth, Runnable innermost) {
        deliveries.add(new Ended(depth == 1 ? innermost : () -> nested(depth - 1, innermost)));
        deliveries.deliver();
    }

    @Test
    void shouldHaveABoundedNumberOfThreadsAndLeaveNoActionWhenAllAreBusy() {
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> ran = new ArrayList<>();
        CountDownLatch others = new CountDownLatch(THREADS);
        nested(
                Deliveries.MOST_NESTED,
                () -> {
                    for (int i = 0; i < THREADS; i++) {
                        CountDownLatch begun = new CountDownLatch(1);
                        deliveries.add(
                                new Ended(
                                        () -> {
                                            others.countDown();
                                            begun.countDown();
                                            await(over);
                                        }));
                        deliveries.deliver();
                        await(begun);
                    }
                    for (int i = 0; i < MORE; i++) {
                        deliveries.add(new Ended(() -> ran.add(Thread.currentThread())));
                        deliveries.deliver();
                    }
                });

        assertThat(others.getCount()).isZero();
        assertThat(ran).hasSize(MORE).containsOnly(Thread.currentThread());
        over.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldCompleteAFutureWhoseAnswerIsReadAfterTheEndOfTheThread() {
        PendingCalls calls = new PendingCalls(() -> new IllegalStateException("closed"), () -> {});
        Watches watches = new Watches();
        Exchange exchange = new Exchange(calls, watches, deliveries, turns);
        FutureHelp help = new FutureHelp(calls, deliveries, turns, exchange, null);
        AsyncCall<String> call = new AsyncCall<>(new byte[0], true, help, answer -> "decoded");
        call.endWith(new Answer(Response.getDefaultInstance(), ServerSession.NONE));
        EndedCalls ended = new EndedCalls();
        ended.add(call);
        deliveries.endOfThread();

        exchange.handOver(ended); // by a caller that read the answer just before

        assertThat(call.reply().isDone()).isTrue();
    }
}
