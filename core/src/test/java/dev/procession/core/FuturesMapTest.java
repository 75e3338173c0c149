package dev.procession.core;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.procession.core.future.ItemTask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FuturesMapTest {

    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final List<Future<?>> submitted = new ArrayList<>();
    private final ExecutorService recording = new Recording(submitted);
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        recording.shutdownNow();
        executor.shutdownNow();
        assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldGiveResultsInTheOrderOfTheItems() {
        List<Integer> items = IntStream.range(0, 1000).boxed().toList();
        List<Integer> results = Futures.map(executor, item -> item * item, items).toList();
        assertEquals(items.stream().map(item -> item * item).toList(), results);
    }

    @Test
    void shouldSubmitEverythingBeforeAnythingIsAskedFor() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        Futures.map(
                executor,
                item -> {
                    both.countDown();
                    return item;
                },
                List.of(1, 2));
        assertTrue(both.await(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldPassNulls() {
        Iterator<String> results =
                Futures.map(executor, (String item) -> item, Arrays.asList("a", null)).iterator();
        assertEquals("a", results.next());
        assertNull(results.next());
    }

    @Test
    void shouldThrowInThePlaceOfTheItemThatFailed() throws Exception {
        Iterator<Integer> results =
                Futures.map(executor, this::failWhenOneAndBlockWhenTwo, List.of(0, 1, 2))
                        .iterator();
        assertEquals(0, results.next());
        CompletionException failure = assertThrows(CompletionException.class, results::next);
        assertInstanceOf(IllegalArgumentException.class, failure.getCause());
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldCancelTheRestWhenTheStreamIsClosed() throws Exception {
        try (Stream<Integer> results =
                Futures.map(executor, this::failWhenOneAndBlockWhenTwo, List.of(0, 2, 2, 2))) {
            assertEquals(0, results.findFirst().orElseThrow());
            release.await();
        }
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldCancelTheRestWhenTheTimeIsOver() throws Exception {
        Iterator<Integer> results =
                Futures.map(
                                recording,
                                this::failWhenOneAndBlockWhenTwo,
                                List.of(2, 2),
                                Duration.ofMillis(10))
                        .iterator();
        CompletionException late = assertThrows(CompletionException.class, results::next);
        assertInstanceOf(TimeoutException.class, late.getCause());
        assertTrue(late.getMessage().contains("total=2"), late.getMessage());
        assertEquals(2, submitted.size());
        assertTrue(submitted.stream().allMatch(Future::isCancelled));
        recording.shutdown(); // it interrupts no task
        assertTrue(recording.awaitTermination(10, TimeUnit.SECONDS));
    }

    /** Records the futures of its tasks. */
    private static final class Recording extends ThreadPoolExecutor {
        private final List<Future<?>> submitted;

        Recording(List<Future<?>> submitted) {
            super(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
            this.submitted = submitted;
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
            RunnableFuture<T> future = super.newTaskFor(task);
            submitted.add(future);
            return future;
        }
    }

    @Test
    void shouldKeepTheInterruptFlagWhenInterrupted() {
        Iterator<Integer> results =
                Futures.map(executor, this::failWhenOneAndBlockWhenTwo, List.of(2)).iterator();
        Thread.currentThread().interrupt();
        CancellationException cancelled = assertThrows(CancellationException.class, results::next);
        assertInstanceOf(InterruptedException.class, cancelled.getCause());
        assertTrue(Thread.interrupted());
    }

    @Test
    void shouldCancelWhatWasAcceptedWhenAnItemIsRefused() throws Exception {
        ExecutorService narrow =
                new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
        assertThrows(
                RejectedExecutionException.class,
                () -> Futures.map(narrow, this::failWhenOneAndBlockWhenTwo, List.of(2, 2)));
        narrow.shutdown();
        assertTrue(narrow.awaitTermination(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldSubmitTasksThatCanTravel() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new ItemTask<String, Integer>(String::length, "four"));
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(4, ((ItemTask<?, ?>) in.readObject()).call());
        }
    }

    private int failWhenOneAndBlockWhenTwo(int item) {
        if (item == 1) {
            awaitUninterruptibly(release);
            throw new IllegalArgumentException("one");
        }
        if (item == 2) {
            release.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException expected) {
                interrupted.countDown();
            }
        }
        return item;
    }
}
