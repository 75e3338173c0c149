package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.ManagerException;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No call is lost, and none is left behind, whichever allocation finds no memory. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoHeapTest {

    /** The operations below take less than so many of the smallest objects. */
    private static final int MOST_FREE = 40;

    private static String run(Class<?> program, Path directory) throws Exception {
        try (TestProgram client =
                TestProgram.start(
                        directory,
                        TestProgram.command(
                                List.of("-Xmx16m", "-XX:+UseSerialGC"),
                                program,
                                directory.resolve("s").toString()))) {
            String result = client.awaitLine("result: ");
            assertThat(client.awaitExit()).as(client.text()).isZero();
            return result;
        }
    }

    private static byte[] body() {
        return Request.newBuilder().setName("x").build().toByteArray();
    }

    private static PendingCalls newCalls() {
        return new PendingCalls(() -> new IllegalStateException("closed"), () -> {});
    }

    private static List<PendingCall> listOf(EndedCalls ended) {
        List<PendingCall> all = new ArrayList<>();
        for (PendingCall call = ended.poll(); call != null; call = ended.poll()) {
            all.add(call);
        }
        return all;
    }

    /** Adds the call with which the book's table has to grow, with more memory each time. */
    static final class Adds {

        private static final int GROWS_AT = 12; // and at twice, and so on

        private Adds() {}

        public static void main(String[] args) {
            FullHeap heap = new FullHeap();
            String result = "as it should be";
            boolean refusedOnce = false;
            for (int free = MOST_FREE; free >= 0; free--) {
                boolean warm = free == MOST_FREE;
                PendingCalls calls = newCalls();
                List<PendingCall> added = new ArrayList<>();
                for (int i = 0; i < GROWS_AT; i++) {
                    SyncCall call = new SyncCall(body(), true);
                    boolean unused = calls.add(call);
                    added.add(call);
                }
                SyncCall last = new SyncCall(body(), true);
                boolean refused = false;
                if (!warm) {
                    heap.fill(free);
                }
                try {
                    boolean unused = calls.add(last);
                } catch (OutOfMemoryError e) {
                    refused = true;
                }
                heap.release();
                refusedOnce |= refused;
                if (!refused) {
                    added.add(last);
                }
                List<PendingCall> inBook =
                        listOf(calls.failUpTo(calls.lastSeq(), () -> null, true));
                if (!inBook.equals(added)) {
                    result = "free=" + free + ", refused=" + refused + ", calls=" + inBook.size();
                }
            }
            System.out.println("result: " + (refusedOnce ? result : "always enough memory"));
        }
    }

    @Test
    void shouldLeaveNoCallBehindThatWasRefused(@TempDir Path directory) throws Exception {
        assertThat(run(Adds.class, directory)).isEqualTo("as it should be");
    }

    /** Begins with a connection of another session, with more memory each time. */
    static final class Connects {

        private Connects() {}

        public static void main(String[] args) throws IOException {
            FullHeap heap = new FullHeap();
            String result = "as it should be";
            boolean failedOnce = false;
            Path socket = Path.of(args[0]);
            try (ServerSocketChannel listening =
                            ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                    Selector selector = Selector.open()) {
                listening.bind(UnixDomainSocketAddress.of(socket));
                for (int free = MOST_FREE; free >= 0; free--) {
                    PendingCalls calls = newCalls();
                    ServerConnection before = connection(listening, selector, 1);
                    calls.connected(before, () -> lost(), new EndedCalls());
                    SyncCall sent = new SyncCall(body(), true);
                    boolean unused = calls.add(sent);
                    calls.disconnected(before, Long.MAX_VALUE);
                    SyncCall unsent = new SyncCall(body(), true);
                    unused = calls.add(unsent);
                    ServerConnection made = connection(listening, selector, 2);
                    EndedCalls failed = new EndedCalls();
                    if (free < MOST_FREE) {
                        heap.fill(free);
                    }
                    try {
                        calls.connected(made, () -> lost(), failed);
                    } catch (OutOfMemoryError e) {
                        failedOnce = true;
                    }
                    heap.release();
                    List<PendingCall> ended = listOf(failed);
                    ended.addAll(listOf(calls.failUpTo(calls.lastSeq(), () -> null, true)));
                    if (!ended.equals(List.of(sent, unsent))) {
                        result = "free=" + free + ", ended=" + ended.size();
                    }
                    before.close();
                    made.close();
                    int unusedCount = selector.selectNow(); // it lets go of the closed
                }
            }
            System.out.println("result: " + (failedOnce ? result : "always enough memory"));
        }

        private static ServerConnection connection(
                ServerSocketChannel listening, Selector selector, long session) throws IOException {
            SocketChannel here = SocketChannel.open(listening.getLocalAddress());
            listening.accept().close();
            ServerConnection made = new ServerConnection(here, selector);
            made.opened(new ServerSession(1, session), 1 << 20);
            return made;
        }

        private static RuntimeException lost() {
            return new ManagerException("lost", null);
        }
    }

    @Test
    void shouldEndEachCallOfALostSession(@TempDir Path directory) throws Exception {
        assertThat(run(Connects.class, directory)).isEqualTo("as it should be");
    }

    /** Tells a listener that it has missed changes, with more memory each time. */
    static final class Misses {

        private Misses() {}

        public static void main(String[] args) throws InterruptedException {
            FullHeap heap = new FullHeap();
            EventThread events = new EventThread();
            String result = "as it should be";
            boolean failedOnce = false;
            for (int free = MOST_FREE; free >= 0; free--) {
                Semaphore called = new Semaphore(0);
                ChangeListener listener =
                        new ChangeListener() {
                            @Override
                            public void changed(Event event) {}

                            @Override
                            public void missed() {
                                called.release();
                            }
                        };
                if (free < MOST_FREE) {
                    heap.fill(free);
                }
                try {
                    events.missed(listener);
                } catch (OutOfMemoryError e) {
                    failedOnce = true;
                }
                heap.release();
                events.missed(listener);
                if (!called.tryAcquire(20, TimeUnit.SECONDS)) {
                    result = "free=" + free;
                }
            }
            System.out.println("result: " + (failedOnce ? result : "always enough memory"));
        }
    }

    @Test
    void shouldTellAListenerThatItMissedChangesWhenThereIsMemoryAgain(@TempDir Path directory)
            throws Exception {
        assertThat(run(Misses.class, directory)).isEqualTo("as it should be");
    }

    /** Notes grants without any memory. */
    static final class Grants {

        private Grants() {}

        public static void main(String[] args) {
            FullHeap heap = new FullHeap();
            LockHolds locks = new LockHolds();
            PermitHolds permits = new PermitHolds();
            ServerSession session = new ServerSession(1, 1);
            Answer answer =
                    new Answer(
                            Response.newBuilder().setVersion(1).setHeld(1).setToken(7).build(),
                            session);
            LockHolds.Hold before = locks.asking(Kind.LOCK, "before"); // loads classes
            note(before, permits, "before", answer);
            LockHolds.Hold hold = locks.asking(Kind.LOCK, "l");
            permits.ask("s");
            boolean noted = true;
            heap.fill(0);
            try {
                note(hold, permits, "s", answer);
            } catch (OutOfMemoryError e) {
                noted = false;
            }
            heap.release();
            System.out.println(
                    "result: "
                            + noted
                            + ", token="
                            + locks.ofCurrentThread(Kind.LOCK, "l", session).token()
                            + ", permits="
                            + permits.release("s", 1).held());
        }

        private static void note(
                LockHolds.Hold hold, PermitHolds permits, String semaphore, Answer answer) {
            hold.granted(answer, 1);
            hold.asked();
            permits.acquired(semaphore, 1, answer);
            permits.asked(semaphore);
        }
    }

    @Test
    void shouldNoteWhatTheServerHasGranted(@TempDir Path directory) throws Exception {
        assertThat(run(Grants.class, directory)).isEqualTo("true, token=7, permits=1");
    }

    /** Completes futures without memory, which comes back later. */
    static final class Completes {

        private Completes() {}

        public static void main(String[] args) throws InterruptedException {
            FullHeap heap = new FullHeap();
            RuntimeException failure = new IllegalStateException("for a test");
            boolean unused = newReply().failed(failure); // loads classes
            Reply<String> reply = newReply();
            Semaphore full = new Semaphore(0);
            Thread releases =
                    new Thread(
                            () -> {
                                full.acquireUninterruptibly();
                                heap.release();
                            });
            releases.start();
            heap.fill(0);
            full.release();
            unused = reply.failed(failure);
            releases.join();
            System.out.println("result: " + reply.isCompletedExceptionally());
        }

        private static Reply<String> newReply() {
            ReaderTurns turns = new ReaderTurns();
            PendingCalls calls = newCalls();
            Watches watches = new Watches();
            Deliveries deliveries = new Deliveries(turns);
            Exchange exchange = new Exchange(calls, watches, deliveries, turns);
            ConnectionThread thread =
                    new ConnectionThread(null, calls, watches, deliveries, turns, exchange);
            return new Reply<>(new FutureHelp(calls, deliveries, turns, exchange, thread), null);
        }
    }

    @Test
    void shouldFailAFutureWhenThereIsMemoryAgain(@TempDir Path directory) throws Exception {
        assertThat(run(Completes.class, directory)).isEqualTo("true");
    }
}
