package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Await;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadStackTest {

    private static final long WORK = 17;
    private static final int DEEP = 3000;

    @Test
    void shouldShowFramesStateAndTheLockThatAnotherThreadHolds() throws Exception {
        Object lock = new Object();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        Thread holder = start("the holder", () -> hold(lock, held, release));
        held.await();
        Thread waiting = start("the waiting one", () -> hold(lock, held, release));
        awaitState(waiting, Thread.State.BLOCKED);

        ThreadStack stack = ThreadStack.decode(sample(waiting).toBytes());
        String holding = ThreadStack.decode(sample(holder).toBytes()).text();
        release.countDown();
        holder.join();
        waiting.join();

        assertThat(stack.work()).isEqualTo(WORK);
        assertThat(stack.condition())
                .startsWith("BLOCKED on java.lang.Object@")
                .endsWith(" held by \"the holder\"");
        assertThat(stack.text())
                .startsWith("\"the waiting one\" BLOCKED on java.lang.Object@")
                .contains("\n\tat " + ThreadStackTest.class.getName() + ".hold(ThreadStackTest")
                .doesNotContain("left out");
        assertThat(stack.trace()[0].getMethodName()).isEqualTo("hold");
        assertThat(holding).contains("\n\t- locked java.lang.Object@");
    }

    private static void hold(Object lock, CountDownLatch held, CountDownLatch release) {
        synchronized (lock) {
            held.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void shouldLeaveOutTheMiddleOfADeepStack() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Thread deep = start("deep", () -> outermost(release));
        awaitState(deep, Thread.State.WAITING);

        ThreadStack whole = sample(deep);
        ThreadStack stack = ThreadStack.decode(whole.toBytes());
        release.countDown();
        deep.join();

        assertThat(whole.frames()).hasSizeGreaterThan(DEEP);
        assertThat(stack.omitted())
                .isPositive()
                .isEqualTo(whole.frames().size() - stack.frames().size());
        assertThat(stack.text())
                .contains("\n\t... " + stack.omitted() + " frames are left out ...\n")
                .contains("CountDownLatch.await")
                .contains(".recurse(")
                .contains(".outermost(");
    }

    private static void outermost(CountDownLatch release) {
        recurse(DEEP, release);
    }

    private static int recurse(int depth, CountDownLatch release) {
        if (depth > 0) {
            return recurse(depth - 1, release) + 1;
        }
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return 0;
    }

    @Test
    void shouldFitIntoItsBoundHoweverLongTheNamesAre() throws Exception {
        String name = "\u20ac".repeat(1 << 16);
        ThreadStack.Frame frame =
                new ThreadStack.Frame(
                        new StackTraceElement(name, name, name, 1), Collections.nCopies(100, name));
        ThreadStack huge =
                new ThreadStack(
                        1,
                        name,
                        Thread.State.RUNNABLE,
                        name,
                        Collections.nCopies(1000, frame),
                        1000,
                        0);

        byte[] bytes = huge.toBytes();

        assertThat(bytes).hasSizeLessThanOrEqualTo(ThreadStack.MAX_BYTES);
        assertThat(ThreadStack.decode(bytes).frames()).isNotEmpty();
    }

    @Test
    void shouldSayWhyThereIsNone() {
        assertThatThrownBy(() -> ThreadStack.decode(ThreadStack.unavailable("no memory")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no memory");
    }

    @Test
    void shouldRefuseDamagedBytes() {
        ThreadStack.Frame frame =
                new ThreadStack.Frame(new StackTraceElement("A", "b", null, -1), List.of("lock"));
        byte[] sound =
                new ThreadStack(1, "main", Thread.State.NEW, "", List.of(frame), 1, 0).toBytes();
        Random random = new Random(3);
        for (int length = 0; length < sound.length; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> ThreadStack.decode(cut)).isInstanceOf(IOException.class);
            byte[] damaged = sound.clone();
            damaged[length] ^= (byte) (1 + random.nextInt(255));
            try {
                assertThat(ThreadStack.decode(damaged).text()).isNotNull();
            } catch (IOException e) {
                assertThat(e).hasNoCause(); // what the message says, and nothing else, is thrown
            }
        }
    }

    private static ThreadStack sample(Thread thread) {
        return new StackSampler().sample(thread, WORK);
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitState(Thread thread, Thread.State state) {
        Await.until(() -> thread.getState() == state, thread.getName() + " is " + state);
    }
}
