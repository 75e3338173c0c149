package dev.procession.pipe;

import dev.procession.core.lane.MessageEnd;
import dev.procession.core.transfer.Transfers;
import dev.procession.testing.Await;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EndsInTransitTest {

    private static final long MARK = 1;

    /** An end of a pipe whose receiver has died without receiving anything. */
    private static MessageEnd lostCarrier() {
        return (MessageEnd)
                Proxy.newProxyInstance(
                        MessageEnd.class.getClassLoader(),
                        new Class<?>[] {MessageEnd.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("isLost")) {
                                return true;
                            }
                            throw new AssertionError("unexpected call: " + method);
                        });
    }

    /** An end under way whose first checks fail for want of memory. */
    private static final class FailingMove implements Transfers.Move {

        private final AtomicInteger failures;
        private final AtomicBoolean abandoned = new AtomicBoolean();

        FailingMove(int failures) {
            this.failures = new AtomicInteger(failures);
        }

        @Override
        public void takeBack() {
            throw new AssertionError("it was sent");
        }

        @Override
        public void abandon() {
            abandoned.set(true);
        }

        @Override
        public boolean isUnderWay() {
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("made by the test");
            }
            return !abandoned.get();
        }
    }

    @Test
    void shouldAbandonALostEndAfterAFailedCheck() throws Exception {
        FailingMove failing = new FailingMove(2);
        FailingMove other = new FailingMove(0);

        EndsInTransit.add(lostCarrier(), MARK, new Transfers.Ends(List.of(failing)));
        EndsInTransit.add(lostCarrier(), MARK, new Transfers.Ends(List.of(other)));

        Await.until(other.abandoned::get, "the other end is abandoned");
        Await.until(failing.abandoned::get, "the end whose checks failed is abandoned");
    }
}
