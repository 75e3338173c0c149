package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.UndecodableException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An element that its taker's process cannot decode stays in the queue, for others. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UndecodableElementsTest {

    private static final int CAPACITY = 3;
    private static final Duration SOON = Duration.ofSeconds(10);

    private static Manager manager;
    private static volatile boolean readable;
    private static volatile Runnable filledAtRead = () -> {};

    private SharedQueue<Object> queue;

    /** An object of a class that a process may not know. */
    private static final class Fussy implements Serializable {

        private static final long serialVersionUID = 1L;

        private final int number;

        Fussy(int number) {
            this.number = number;
        }

        private void readObject(ObjectInputStream stream)
                throws IOException, ClassNotFoundException {
            stream.defaultReadObject();
            if (!readable) {
                filledAtRead.run();
                throw new InvalidObjectException("not here: number=" + number);
            }
        }
    }

    @BeforeAll
    static void start() {
        manager = Manager.embedded();
    }

    @AfterAll
    static void stop() {
        manager.close();
    }

    @BeforeEach
    void fill() {
        readable = false;
        queue = manager.queue("q", CAPACITY);
        queue.add(new Fussy(1));
        queue.add(2);
        queue.add(3);
    }

    /** The queue is as it was, and each element is taken once. */
    @AfterEach
    void empty() throws Exception {
        readable = true;
        assertThat(queue).hasSize(CAPACITY);
        assertThat(queue.remainingCapacity()).isZero();
        assertThat(((Fussy) queue.take()).number).isEqualTo(1);
        assertThat(queue.take()).isEqualTo(2);
        assertThat(queue.take()).isEqualTo(3);
        assertThat(queue.poll()).isNull();
    }

    private static void assertUndecodable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(UndecodableException.class)
                .hasStackTraceContaining("not here: number=1");
    }

    @Test
    void shouldKeepAnElementThatABlockingCallCannotDecode() {
        assertUndecodable(() -> queue.take());
        assertUndecodable(() -> queue.poll());
        assertUndecodable(() -> queue.poll(1, TimeUnit.SECONDS));
        assertUndecodable(() -> queue.remove());
    }

    @Test
    void shouldKeepAnElementThatAnAsynchronousCallCannotDecode() {
        assertThatThrownBy(() -> queue.takeAsync().join())
                .hasCauseInstanceOf(UndecodableException.class);
        assertThatThrownBy(() -> queue.pollAsync().join())
                .hasCauseInstanceOf(UndecodableException.class);
    }

    @Test
    void shouldKeepAnElementThatALeaseCannotDecode() {
        assertUndecodable(() -> queue.lease(SOON));
        assertUndecodable(() -> queue.peek());
    }

    @Test
    void shouldKeepElementsThatADrainCannotDecode() {
        assertUndecodable(() -> queue.drainTo(new ArrayList<>()));
    }

    @Test
    void shouldPutAnElementBackIntoAQueueThatWasFilledMeanwhile() throws Exception {
        SharedQueue<Object> full = manager.queue("full", 1);
        full.put(new Fussy(1));
        var waiting = full.putAsync(2); // comes in as soon as the first one is polled
        assertUndecodable(() -> full.poll());
        waiting.join();
        readable = true;
        assertThat(full).hasSize(2);
        assertThat(full.take()).isInstanceOf(Fussy.class);
        assertThat(full.offer(3)).isFalse();
        assertThat(full.take()).isEqualTo(2);
    }

    @Test
    void shouldPutAnElementBackIntoAManagerThatIsFullMeanwhile() throws Exception {
        try (Manager small = Manager.builder().maxBytes(1 << 20).embedded()) {
            SharedQueue<Object> full = small.queue("full", CAPACITY);
            full.put(new Fussy(1));
            SharedDict<Integer, byte[]> dict = small.dict("d");
            filledAtRead = () -> fill(dict);
            try {
                assertUndecodable(full::poll);
            } finally {
                filledAtRead = () -> {};
            }
            readable = true;
            assertThat(full.remove()).isInstanceOf(Fussy.class);
            assertThat(full.poll()).isNull();
        }
    }

    /** Puts entries until there is no room for the smallest. */
    private static void fill(SharedDict<Integer, byte[]> dict) {
        int key = 0;
        for (int size = 100_000; size > 0; ) {
            try {
                dict.set(key++, new byte[size]);
            } catch (ManagerException e) { // full
                size /= 2;
            }
        }
    }
}
