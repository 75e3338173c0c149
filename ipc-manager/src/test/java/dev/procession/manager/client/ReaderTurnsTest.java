package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.time.Timeout;
import dev.procession.testing.Await;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some thread reads as long as a caller sleeps, whichever thread leaves at which moment. */
@org.junit.jupiter.api.Timeout(
        value = 60,
        threadMode = org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD)
class ReaderTurnsTest {

    private static final int SOON_SECONDS = 5;

    @TempDir private Path directory;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final ReaderTurns turns = new ReaderTurns();
    private ServerConnection connection;
    private Thread own;
    private final List<Sleeper> sleepers = new ArrayList<>();
    private final CountDownLatch ownLeads = new CountDownLatch(1);
    private volatile boolean unattended;
    private volatile boolean over;

    /** Makes a connection, and a thread with the client's own part in the turns. */
    @BeforeEach
    void begin() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        Selector selector = open(Selector.open());
        try (ServerSocketChannel listening =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(address);
            connection = new ServerConnection(open(SocketChannel.open(address)), selector);
            SocketChannel unused = open(listening.accept());
        }
        own =
                new Thread(
                        () -> {
                            while (!over) {
                                turns.guard(
                                        connection, () -> unattended, () -> over, this::leadOwn);
                            }
                        });
        own.setDaemon(true);
        turns.begin(own);
        own.start();
    }

    private void leadOwn() {
        ownLeads.countDown();
        LockSupport.parkNanos(1_000_000);
    }

    private <T extends AutoCloseable> T open(T resource) {
        resources.add(resource);
        return resource;
    }

    @AfterEach
    void end() throws Exception {
        for (Sleeper each : sleepers) {
            each.end();
        }
        endOwn();
        for (AutoCloseable each : resources) {
            each.close();
        }
    }

    /** The client's thread looks no more, as it runs an action. */
    private void endOwn() throws InterruptedException {
        over = true;
        while (own.isAlive()) {
            LockSupport.unpark(own);
            own.join(1);
        }
    }

    private static SyncCall call() {
        return new SyncCall(new byte[0], true);
    }

    /** A caller that sleeps, and in the selector until it may go on. */
    private final class Sleeper {
        private final CountDownLatch leads = new CountDownLatch(1);
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private final Thread thread = new Thread(this::run);
        private final CountDownLatch called = new CountDownLatch(1);
        private final AtomicInteger times = new AtomicInteger();
        private SyncCall call;

        private void run() {
            call = call();
            called.countDown();
            turns.fallAsleep(call);
            while (!call.isDone()) {
                turns.sleep(call, connection, Timeout.NEVER, this::lead);
            }
            turns.wakeUp(call);
        }

        /** Stays in the selector as long as it must. */
        private void lead() {
            times.incrementAndGet();
            leads.countDown();
            while (mayGoOn.getCount() > 0 && turns.mustLead(connection)) {
                LockSupport.parkNanos(1_000_000);
            }
        }

        boolean comesToLead() throws InterruptedException {
            return leads.await(SOON_SECONDS, TimeUnit.SECONDS);
        }

        boolean hasLed() {
            return leads.getCount() == 0;
        }

        void end() throws InterruptedException {
            called.await();
            call.handOver();
            mayGoOn.countDown();
            thread.join();
        }
    }

    private Sleeper startSleeper() {
        Sleeper made = new Sleeper();
        sleepers.add(made);
        made.thread.setDaemon(true);
        made.thread.start();
        return made;
    }

    private static void awaitParked(Thread thread) {
        Await.until(() -> thread.getState() == Thread.State.WAITING, "it sleeps: " + thread);
    }

    @Test
    void shouldHaveAnotherCallerLeadWhenTheChosenOneLeaves() throws Exception {
        Sleeper leader = startSleeper();
        assertThat(leader.comesToLead()).isTrue();
        SyncCall chosen = call();
        turns.fallAsleep(chosen);
        Sleeper other = startSleeper();
        awaitParked(other.thread);
        awaitParked(own); // as one leads

        chosen.handOver(); // with the same answers as
        leader.end(); // which chooses the next to lead
        turns.wakeUp(chosen);

        assertThat(other.comesToLead()).isTrue();
    }

    @Test
    void shouldReadForFuturesWhenTheChosenCallerLeaves() throws Exception {
        Sleeper leader = startSleeper();
        assertThat(leader.comesToLead()).isTrue();
        SyncCall chosen = call();
        turns.fallAsleep(chosen);
        awaitParked(own);
        unattended = true;

        chosen.handOver();
        leader.end();
        turns.wakeUp(chosen);

        assertThat(ownLeads.await(SOON_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Polls, with success, until it is told to stop. */
    private final class Poller {
        private final CountDownLatch mayStop = new CountDownLatch(1);
        private final Thread thread =
                new Thread(
                        () -> turns.spin(() -> mayStop.getCount() == 0, () -> true, Timeout.NEVER));

        void stop() throws InterruptedException {
            mayStop.countDown();
            thread.join();
        }
    }

    private Poller startPoller() {
        Poller made = new Poller();
        made.thread.setDaemon(true);
        made.thread.start();
        return made;
    }

    @Test
    void shouldLeadAgainAfterOthersHavePolledWhileTheThreadRunsAnAction() throws Exception {
        endOwn();
        turns.leave();
        Sleeper sleeper = startSleeper();
        assertThat(sleeper.comesToLead()).isTrue();
        Poller poller = startPoller();
        Await.until(() -> !turns.leading.isLocked(), "it leads no more, as another one polls");

        poller.stop();

        Await.until(() -> sleeper.times.get() > 1, "it leads again");
    }

    @Test
    void shouldHaveAnotherLookWhenTheOneThatLookedLeavesWhileTheThreadRunsAnAction()
            throws Exception {
        Sleeper leader = startSleeper();
        assertThat(leader.comesToLead()).isTrue();
        Sleeper other = startSleeper();
        awaitParked(other.thread); // without a limit, as one leads
        endOwn();
        turns.leave();
        Poller poller = startPoller();
        Await.until(() -> !turns.leading.isLocked(), "it leads no more, as another one polls");
        leader.end(); // it had its answer from the poller

        poller.stop();

        assertThat(other.comesToLead()).isTrue();
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // nothing in between throws, or the test fails
    void shouldHaveACallerLeadBeforeTheThreadRunsAnAction() throws Exception {
        turns.leading.lock(); // as the thread that connects
        Sleeper sleeper = startSleeper();
        awaitParked(sleeper.thread);
        endOwn();
        turns.leading.unlock();

        turns.leave();

        assertThat(sleeper.comesToLead()).isTrue();
    }

    @Test
    void shouldSleepRatherThanLeadWithABrokenConnection() {
        connection.failed();
        Sleeper sleeper = startSleeper();

        awaitParked(sleeper.thread);
        assertThat(sleeper.hasLed()).isFalse();
    }
}
