package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.FoundName;
import dev.procession.core.life.FoundSession;
import dev.procession.core.life.Session;
import dev.procession.core.snapshot.QueueSnapshot;
import dev.procession.queue.ring.QueueWatch;
import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues in use, seen from outside. */
@Timeout(60)
class WatchedQueueTest {

    private static final String NAME =
            "watched-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    private final QueueWatch watch = new QueueWatch();

    private static FoundName found() throws IOException {
        return FoundName.all().stream()
                .filter(name -> name.name().equals(NAME))
                .findFirst()
                .orElseThrow();
    }

    /** Looks at the queue with the name, as the monitor does. */
    private QueueSnapshot named() throws IOException {
        FoundName found = found();
        List<QueueSnapshot> queues =
                watch.look(
                        found.home(),
                        found.spare(),
                        NAME,
                        member -> pid(found.members(), member, found.home()));
        assertThat(queues).hasSize(1);
        return queues.get(0);
    }

    private static long pid(List<FoundSession.Member> members, long number, Path home) {
        return members.stream()
                .filter(member -> member.number() == number)
                .mapToLong(FoundSession.Member::pid)
                .findFirst()
                .orElseGet(() -> FoundSession.pidOf(home, number));
    }

    /** Looks at the only queue without a name of this process. */
    private QueueSnapshot ours() {
        Session session;
        try {
            session = Session.current();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<QueueSnapshot> queues = watch.look(session.home(), session.spare(), null, member -> 1);
        assertThat(queues).hasSize(1);
        return queues.get(0);
    }

    @Test
    void shouldTellOfAQueueThatOthersUse() throws Exception {
        try (TestProgram maker = TestProgram.startAsThisUser(Program.class, "make", NAME);
                TestProgram taker = new Taker(maker).start()) {
            QueueSnapshot queue = named();
            assertThat(queue.name()).isEqualTo(NAME);
            assertThat(queue.capacity()).isEqualTo(10);
            assertThat(queue.size()).isEqualTo(2);
            assertThat(queue.bytes()).isBetween(2L, 100L);
            assertThat(queue.byteBound()).isEqualTo(1L << 30);
            assertThat(queue.closed()).isFalse();
            assertThat(queue.users())
                    .extracting(QueueSnapshot.User::pid)
                    .containsExactly(maker.pid(), taker.pid());
            assertThat(queue.leases()).hasSize(1);
            assertThat(queue.leases().get(0).holder()).isEqualTo(taker.pid());
            assertThat(queue.leases().get(0).age()).isBetween(0.0, 60.0);
        }
    }

    @Test
    void shouldTellOfTheLeaseOfAProcessThatWasKilled() throws Exception {
        try (TestProgram maker = TestProgram.startAsThisUser(Program.class, "make", NAME)) {
            try (TestProgram taker = new Taker(maker).start()) {
                taker.kill();
            }
            byte[] before = Files.readAllBytes(found().home().resolve(named().file()));
            QueueSnapshot queue = named();
            assertThat(queue.size()).isEqualTo(2);
            assertThat(queue.leases()).extracting(QueueSnapshot.Lease::holder).containsExactly(0L);
            assertThat(queue.users())
                    .extracting(QueueSnapshot.User::pid)
                    .containsExactly(maker.pid(), 0L);
            assertThat(Files.readAllBytes(found().home().resolve(queue.file()))).isEqualTo(before);

            maker.write('\n'); // it takes what has come back
            assertThat(maker.awaitLine("took: ")).isEqualTo("element 0");
            assertThat(named().size()).isEqualTo(2);
            assertThat(named().leases()).isEmpty();
        }
    }

    /** Starts a program that leases an element of a queue that another one makes. */
    private record Taker(TestProgram maker) {

        TestProgram start() throws Exception {
            maker.awaitLine("made");
            TestProgram taker = TestProgram.startAsThisUser(Program.class, "lease", NAME);
            taker.awaitLine("leased");
            return taker;
        }
    }

    @Test
    void shouldCountElementsThatCameBack() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.create(4)) {
            queue.put("a");
            queue.put("b");
            Lease<String> lease = queue.takeLeased();
            assertThat(ours().size()).isEqualTo(1);
            assertThat(ours().leases()).hasSize(1);
            long bytes = ours().bytes();

            lease.close();

            assertThat(ours().size()).isEqualTo(2);
            assertThat(ours().leases()).isEmpty();
            assertThat(ours().bytes()).isEqualTo(2 * bytes);
            queue.clear();
        }
    }

    @Test
    void shouldTellForHowLongTheOldestElementIsThereAtLeast() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.create(4)) {
            assertThat(ours().oldestAge()).isZero();
            long begin = System.nanoTime();
            queue.put("a");
            Await.until(
                    Await.PATIENCE, () -> ours().oldestAge() > 0.05, () -> "its age: " + ours());
            assertThat(ours().oldestAge()).isLessThanOrEqualTo(secondsSince(begin));

            long later = System.nanoTime();
            queue.put("b");
            queue.take();
            assertThat(ours().oldestAge()).isLessThanOrEqualTo(secondsSince(later));
            queue.take();
            assertThat(ours().oldestAge()).isZero();
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    @Test
    void shouldTellWhatAProcessWaitsFor() throws Exception {
        try (ProcessQueue<String> queue = ProcessQueue.create(1)) {
            FutureTask<String> taker = new FutureTask<>(queue::take);
            new Thread(taker, "taker").start();
            Await.until(
                    Await.PATIENCE,
                    () -> "element".equals(ours().users().get(0).waitsFor()),
                    () -> "it waits for an element: " + ours());
            queue.put("a");
            assertThat(taker.get()).isEqualTo("a");
        }
    }

    @Test
    void shouldShowNoNonsenseOfAQueueThatChangesAllTheTime() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(3)) {
            AtomicBoolean end = new AtomicBoolean();
            Thread producer =
                    new Thread(
                            () -> {
                                while (!end.get()) {
                                    boolean unused = queue.offer(1);
                                }
                            });
            Thread consumer =
                    new Thread(
                            () -> {
                                while (!end.get()) {
                                    Integer unused = queue.poll();
                                }
                            });
            producer.start();
            consumer.start();
            try {
                for (int i = 0; i < 2000; i++) {
                    QueueSnapshot seen = ours();
                    assertThat(seen.size()).isBetween(0L, 3L);
                    assertThat(seen.bytes()).isNotNegative();
                    assertThat(seen.oldestAge()).isNotNegative();
                }
            } finally {
                end.set(true);
                producer.join();
                consumer.join();
            }
            queue.clear();
        }
    }

    /** The other programs; the first argument says what they do. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            String name = arguments[1];
            if (arguments[0].equals("lease")) {
                ProcessQueue<String> queue = ProcessQueue.open(name);
                Lease<String> lease = queue.takeLeased();
                System.out.println("leased " + lease.element());
                Thread.sleep(Long.MAX_VALUE);
            }
            ProcessQueue<String> queue = ProcessQueue.builder().name(name).capacity(10).build();
            for (int i = 0; i < 3; i++) {
                queue.put("element " + i);
            }
            System.out.println("made");
            System.in.read();
            System.out.println("took: " + queue.take());
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
