package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.Codec;
import dev.procession.core.UndecodableException;
import dev.procession.core.UnserializableException;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import dev.procession.testing.Budget;
import dev.procession.testing.SessionFiles;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessQueueTest {

    @Nested
    class Elements {

        @Test
        void shouldKeepTheOrderAndTheValues() throws Exception {
            try (ProcessQueue<Object> queue = ProcessQueue.create(10)) {
                List<Object> values = List.of("", "hermione", 7, 1L << 40, List.of("a", 2), 'x');
                for (Object value : values) {
                    queue.put(value);
                }
                assertThat(queue).hasSize(6).containsExactlyElementsOf(values);
                for (Object value : values) {
                    assertThat(queue.take()).isEqualTo(value);
                }
                assertThat(queue.poll()).isNull();
            }
        }

        @Test
        void shouldGoRoundTheRingManyTimesWithElementsOfAllSizes() throws Exception {
            Random random = new Random(7);
            try (ProcessQueue<byte[]> queue = ProcessQueue.create(50)) {
                List<byte[]> expected = new ArrayList<>();
                for (int i = 0; i < 20_000; i++) {
                    if (expected.size() < 50 && random.nextBoolean()) {
                        int size = random.nextInt(10) == 0 ? 9_000 : 200;
                        byte[] element = new byte[random.nextInt(size)];
                        random.nextBytes(element);
                        assertThat(queue.offer(element)).isTrue();
                        expected.add(element);
                    } else if (!expected.isEmpty()) {
                        assertThat(queue.take()).isEqualTo(expected.remove(0));
                    }
                    assertThat(queue.size()).isEqualTo(expected.size());
                }
                queue.clear();
            }
        }

        @Test
        void shouldPutLargeElementsInSpillFilesAndDeleteThem() throws Exception {
            try (ProcessQueue<byte[]> queue = ProcessQueue.create(3)) {
                byte[] large = new byte[5_000_000];
                Arrays.fill(large, (byte) 3);
                queue.put(large);
                queue.put(new byte[1]);
                assertThat(queue.peek()).isEqualTo(large);
                assertThat(queue.take()).isEqualTo(large);
                assertThat(queue.take()).hasSize(1);
                assertThat(SessionFiles.ofQueuesHere()).hasSize(1);
            }
        }

        @Test
        void shouldHoldAsManyAsItsCapacityHoweverLargeTheyAre() throws Exception {
            try (ProcessQueue<byte[]> queue = ProcessQueue.create(2000)) {
                for (int i = 0; i < 2000; i++) {
                    assertThat(queue.offer(new byte[i % 5 == 0 ? 3000 : 10])).isTrue();
                }
                assertThat(queue.offer(new byte[0])).isFalse();
                for (int i = 0; i < 2000; i++) {
                    assertThat(queue.take()).hasSize(i % 5 == 0 ? 3000 : 10);
                }
                assertThat(SessionFiles.ofQueuesHere()).hasSize(1);
            }
        }

        @Test
        void shouldRefuseAnElementLargerThanTheQueueWithTheNumbers() {
            try (ProcessQueue<byte[]> queue = ProcessQueue.builder().capacityBytes(1000).build()) {
                assertThatThrownBy(() -> queue.put(new byte[1001]))
                        .isInstanceOf(QueueException.class)
                        .hasMessageContaining("bytes=1004")
                        .hasMessageContaining("capacityBytes=1000");
                assertThat(queue).isEmpty();
            }
        }

        @Test
        void shouldBoundTheBytes() throws Exception {
            try (ProcessQueue<byte[]> queue = ProcessQueue.builder().capacityBytes(1000).build()) {
                assertThat(queue.offer(new byte[600])).isTrue();
                assertThat(queue.offer(new byte[600])).isFalse();
                assertThat(queue.offer(new byte[300])).isTrue();
                assertThat(queue.take()).hasSize(600);
                assertThat(queue.offer(new byte[600])).isTrue();
                queue.clear();
            }
        }

        @Test
        void shouldRefuseNull() {
            try (ProcessQueue<String> queue = ProcessQueue.create(1)) {
                assertThatThrownBy(() -> queue.put(null)).isInstanceOf(NullPointerException.class);
            }
        }

        @Test
        void shouldBeUnchangedByWhatCannotBeEncoded() throws Exception {
            try (ProcessQueue<Object> queue = ProcessQueue.create(4)) {
                queue.put(1);
                assertThatThrownBy(() -> queue.put(new Object()))
                        .isInstanceOf(UnserializableException.class);
                assertThat(queue.take()).isEqualTo(1);
                assertThat(queue).isEmpty();
            }
        }

        @Test
        void shouldFailOneTakeForWhatCannotBeDecoded() throws Exception {
            try (ProcessQueue<Object> queue = ProcessQueue.create(4)) {
                queue.put(new Stubborn());
                queue.put("next");
                assertThatThrownBy(queue::take)
                        .isInstanceOfSatisfying(
                                UndecodableException.class,
                                e ->
                                        assertThat(e.bytes())
                                                .isEqualTo(
                                                        Codec.standard().encode(new Stubborn())));
                assertThat(queue.take()).isEqualTo("next");
            }
        }

        @Test
        void shouldUseItsCodec() throws Exception {
            Codec shout =
                    new Codec() {
                        @Override
                        public byte[] encode(Object value) {
                            return Codec.standard().encode(value + "!");
                        }

                        @Override
                        public Object decode(ByteBuffer bytes) {
                            return Codec.standard().decode(bytes);
                        }
                    };
            try (ProcessQueue<String> queue = ProcessQueue.builder().codec(shout).build()) {
                queue.put("accio");
                assertThat(queue.take()).isEqualTo("accio!");
                assertThatThrownBy(() -> Codec.standard().encode(queue))
                        .isInstanceOf(UnserializableException.class);
            }
        }
    }

    /** Can be encoded, and not decoded. */
    private static final class Stubborn implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("no");
        }
    }

    @Nested
    class Waiting {

        @Test
        void shouldWaitForAnElement() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(1)) {
                Background<Integer> taken = Background.start(queue::take).awaitBlocked();
                queue.put(5);
                assertThat(taken.get()).isEqualTo(5);
            }
        }

        @Test
        void shouldWaitForRoom() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(1)) {
                queue.put(1);
                Background<Boolean> put =
                        Background.start(() -> queue.offer(2, 50, TimeUnit.SECONDS)).awaitBlocked();
                assertThat(queue.take()).isEqualTo(1);
                assertThat(queue.take()).isEqualTo(2);
                assertThat(put.get()).isTrue();
            }
        }

        @Test
        void shouldGiveUpInTime() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(1)) {
                long start = System.nanoTime();
                assertThat(queue.poll(20, TimeUnit.MILLISECONDS)).isNull();
                queue.put(1);
                assertThat(queue.offer(2, 20, TimeUnit.MILLISECONDS)).isFalse();
                assertThat(queue.offer(2)).isFalse();
                assertThatThrownBy(() -> queue.add(2)).isInstanceOf(IllegalStateException.class);
                assertThat(System.nanoTime() - start).isGreaterThan(40_000_000L);
                queue.clear();
            }
        }

        @Test
        void shouldEndWithAnInterrupt() {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(1)) {
                Background<Integer> task = Background.start(queue::take);
                task.awaitBlocked().thread().interrupt();
                assertThatThrownBy(task::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(InterruptedException.class);
                assertThat(queue.offer(1)).isTrue();
                assertThat(queue.poll()).isEqualTo(1);
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldWakeAsManyAsThereAreElements(boolean allWait) throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(100)) {
                List<Background<Integer>> takers = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    takers.add(Background.start(queue::take));
                }
                if (allWait) {
                    takers.forEach(taker -> Await.blocked(taker.thread()));
                }
                for (int i = 0; i < 20; i++) {
                    queue.put(i);
                }
                List<Integer> taken = new ArrayList<>();
                for (Background<Integer> taker : takers) {
                    taken.add(taker.get());
                }
                assertThat(taken).doesNotHaveDuplicates().hasSize(20);
            }
        }

        /** Or fewer, as many as a busy machine passes in the time. */
        @Test
        void shouldPassAMillionThroughACapacityOfOne() throws Exception {
            int end = -1;
            try (ProcessQueue<Integer> queue = ProcessQueue.create(1)) {
                Background<Integer> producer =
                        Background.start(
                                () -> {
                                    Budget budget =
                                            new Budget(20_000, 1_000_000, Duration.ofSeconds(20));
                                    int i = 0;
                                    for (; budget.allows(i); i++) {
                                        queue.put(i);
                                    }
                                    queue.put(end);
                                    return i;
                                });
                int count = 0;
                for (int next = queue.take(); next != end; next = queue.take()) {
                    assertThat(next).isEqualTo(count);
                    count++;
                }
                assertThat(producer.get()).isEqualTo(count);
            }
        }
    }

    @Nested
    class Removal {

        @Test
        void shouldRemoveFromTheMiddleAndGiveThePlaceBack() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(4)) {
                queue.putAll(List.of(1, 2, 3, 4));
                assertThat(queue.remove(3)).isTrue();
                assertThat(queue.remove(3)).isFalse();
                assertThat(queue.remainingCapacity()).isEqualTo(1);
                assertThat(queue.offer(5)).isTrue();
                assertThat(queue.offer(6)).isFalse();
                assertThat(queue.remove(1)).isTrue();
                assertThat(queue.remove(5)).isTrue();
                assertThat(queue).containsExactly(2, 4);
                assertThat(queue.remove(4)).isTrue();
                assertThat(queue.take()).isEqualTo(2);
                assertThat(queue).isEmpty();
                assertThat(queue.poll()).isNull();
            }
        }

        @Test
        void shouldAgreeWithAListOverManyRandomRemovals() throws Exception {
            Random random = new Random(11);
            try (ProcessQueue<Integer> queue = ProcessQueue.create(300)) {
                List<Integer> expected = new ArrayList<>();
                for (int i = 0; i < 20_000; i++) {
                    int dice = random.nextInt(10);
                    if (dice < 5 && queue.offer(i)) {
                        expected.add(i);
                    } else if (dice < 7 && !expected.isEmpty()) {
                        Integer victim = expected.get(random.nextInt(expected.size()));
                        assertThat(queue.remove((Object) victim)).isTrue();
                        expected.remove(victim);
                    } else if (dice < 9 && !expected.isEmpty()) {
                        assertThat(queue.poll()).isEqualTo(expected.remove(0));
                    }
                    assertThat(queue.size()).isEqualTo(expected.size());
                }
                assertThat(queue).containsExactlyElementsOf(expected);
                queue.clear();
            }
        }

        @Test
        void shouldClearAndDrain() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(10)) {
                assertThat(queue.offerAll(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)))
                        .isEqualTo(10);
                List<Integer> target = new ArrayList<>();
                assertThat(queue.drainTo(target, 3)).isEqualTo(3);
                queue.removeIf(value -> value % 2 == 0);
                assertThat(queue.drainTo(target)).isEqualTo(3);
                assertThat(target).containsExactly(1, 2, 3, 5, 7, 9);
                queue.add(1);
                queue.clear();
                assertThat(queue).isEmpty();
                assertThat(queue.remainingCapacity()).isEqualTo(10);
            }
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
        void shouldDrainWhatIsThereInOrder(long seed) throws Exception {
            Random random = new Random(seed);
            try (ProcessQueue<byte[]> queue = ProcessQueue.create(200)) {
                List<byte[]> expected = new ArrayList<>();
                for (int step = 0; step < 400; step++) {
                    for (int i = random.nextInt(60); i > 0; i--) {
                        byte[] element = new byte[size(random)];
                        random.nextBytes(element);
                        if (queue.offer(element)) {
                            expected.add(element);
                        }
                    }
                    if (expected.size() > 3) {
                        int place = random.nextInt(expected.size());
                        byte[] victim = expected.remove(place);
                        assertThat(queue.removeIf(element -> Arrays.equals(element, victim)))
                                .isTrue();
                    }
                    List<byte[]> drained = new ArrayList<>();
                    int most = random.nextInt(100);
                    int count = Math.min(most, expected.size());
                    assertThat(queue.drainTo(drained, most)).isEqualTo(count);
                    assertThat(drained).containsExactlyElementsOf(expected.subList(0, count));
                    expected.subList(0, count).clear();
                    assertThat(queue.size()).isEqualTo(expected.size());
                }
                queue.clear();
            }
        }

        /**
         * Mostly small, sometimes large enough for a spill file; at least 16 bytes, so that random
         * elements differ.
         */
        private static int size(Random random) {
            return 16 + (random.nextInt(50) == 0 ? 70_000 : random.nextInt(600));
        }

        @Test
        void shouldDrainAroundWhatCannotBeDecoded() throws Exception {
            try (ProcessQueue<Object> queue = ProcessQueue.create(10)) {
                queue.putAll(List.of(1, new Stubborn(), 2));
                List<Object> target = new ArrayList<>();
                assertThatThrownBy(() -> queue.drainTo(target))
                        .isInstanceOf(UndecodableException.class);
                assertThat(target).containsExactly(1, 2);
            }
        }
    }

    @Nested
    class Joining {

        private static Background<Void> joining(ProcessQueue<?> queue) {
            return Background.<Void>start(
                            () -> {
                                queue.join();
                                return null;
                            })
                    .awaitBlocked();
        }

        @Test
        void shouldJoinWhenAllIsDone() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(10)) {
                queue.join();
                queue.putAll(List.of(1, 2, 3));
                assertThat(queue.join(Duration.ZERO)).isFalse();
                Background<Void> joined = joining(queue);
                for (int i = 0; i < 2; i++) {
                    queue.take();
                    queue.taskDone();
                }
                assertThat(joined.isDone()).isFalse();
                queue.take();
                assertThat(queue.join(Duration.ofMillis(10))).isFalse();
                queue.taskDone();
                joined.get();
                assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
            }
        }

        @Test
        void shouldCountWhatIsRemovedAsDone() throws Exception {
            try (ProcessQueue<Integer> queue = ProcessQueue.create(10)) {
                queue.putAll(List.of(1, 2, 3));
                Background<Void> joined = joining(queue);
                queue.remove(2);
                queue.clear();
                joined.get();
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void shouldGiveTheRemainingElementsAndThenTheEnd() throws Exception {
            ProcessQueue<Integer> queue = ProcessQueue.create(10);
            queue.put(1);
            queue.close();
            assertThat(queue.isClosed()).isTrue();
            assertThatThrownBy(() -> queue.put(2)).isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> queue.offer(2)).isInstanceOf(QueueClosedException.class);
            assertThat(SessionFiles.ofQueuesHere()).hasSize(1);
            assertThat(queue.take()).isEqualTo(1);
            assertThat(SessionFiles.ofQueuesHere()).isEmpty();
            assertThat(queue.poll()).isNull();
            assertThat(queue.poll(1, TimeUnit.DAYS)).isNull();
            assertThatThrownBy(queue::take).isInstanceOf(QueueClosedException.class);
            queue.close();
        }

        @Test
        void shouldWakeThoseThatWait() throws Exception {
            ProcessQueue<Integer> empty = ProcessQueue.create(10);
            ProcessQueue<Integer> full = ProcessQueue.create(1);
            full.put(1);
            List<Background<?>> waiters = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiters.add(Background.start(empty::take));
                waiters.add(
                        Background.start(
                                () -> {
                                    full.put(2);
                                    return null;
                                }));
            }
            waiters.forEach(waiter -> Await.blocked(waiter.thread()));
            empty.close();
            full.close();
            for (Background<?> waiter : waiters) {
                assertThatThrownBy(waiter::get).hasCauseInstanceOf(QueueClosedException.class);
            }
            full.clear();
        }

        @Test
        void shouldBeClosedForWhoComesLater() throws Exception {
            ProcessQueue<Integer> queue = ProcessQueue.create(10);
            byte[] handle = Codec.standard().encode(queue);
            queue.close();
            ProcessQueue<?> late =
                    (ProcessQueue<?>) Codec.standard().decode(ByteBuffer.wrap(handle));
            assertThat(late.isClosed()).isTrue();
            assertThat(late.poll()).isNull();
        }
    }
}
