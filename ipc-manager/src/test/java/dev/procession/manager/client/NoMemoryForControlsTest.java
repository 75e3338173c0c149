package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.ManagerException;
import dev.procession.manager.client.PendingCall.State;
import dev.procession.manager.proto.Request;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A call can be given up and cancelled when there is no memory to say so to the server. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoMemoryForControlsTest {

    private static final int BUFFER_BYTES = 1 << 14;
    private static final int MAX_BYTES = 1 << 20;

    /** Fills a connection's buffer, and then all memory from which it could get another. */
    static final class FullMemory {

        private FullMemory() {}

        public static void main(String[] args) throws IOException {
            PendingCalls calls =
                    new PendingCalls(() -> new IllegalStateException("closed"), () -> {});
            Path socket = Path.of(args[0]);
            try (ServerSocketChannel listening =
                            ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                    Selector selector = Selector.open()) {
                listening.bind(UnixDomainSocketAddress.of(socket));
                SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                SocketChannel second = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                ServerConnection before = begin(calls, first, selector);
                List<SyncCall> added = fill(calls);
                List<ByteBuffer> taken = takeMemory();
                SyncCall givenUp = added.get(0);
                SyncCall cancelled = added.get(1);
                System.out.println("given up: " + calls.giveUp(givenUp));
                calls.cancel(cancelled);
                System.out.println("cancelled: " + cancelled.cancelled);
                System.out.println("broken: " + before.isBroken() + ", buffers=" + taken.size());
                taken.clear();
                calls.disconnected(before, Long.MAX_VALUE);
                ServerConnection after = begin(calls, second, selector);
                System.out.println("frames: " + frames(calls, after));
                System.out.println("state: " + givenUp.state);
            }
        }

        private static ServerConnection begin(
                PendingCalls calls, SocketChannel channel, Selector selector) throws IOException {
            ServerConnection made = new ServerConnection(channel, selector);
            made.opened(new ServerSession(1, 1), MAX_BYTES);
            calls.connected(made, () -> new ManagerException("lost", null), new EndedCalls());
            return made;
        }

        /** Adds calls until no frame more finds room in the first buffer. */
        private static List<SyncCall> fill(PendingCalls calls) {
            List<SyncCall> added = new ArrayList<>();
            byte[] body = Request.newBuilder().setName("x").build().toByteArray();
            int frame = 9 + 4 + body.length; // the header, the numbers, the body
            for (int bytes = 0; bytes + frame <= BUFFER_BYTES; bytes += frame) {
                SyncCall call = new SyncCall(body, true);
                boolean unused = calls.add(call);
                added.add(call);
                frame += added.size() == 127 ? 1 : 0; // the number has another byte then
            }
            return added;
        }

        private static List<ByteBuffer> takeMemory() {
            List<ByteBuffer> taken = new ArrayList<>();
            try {
                while (true) {
                    taken.add(ByteBuffer.allocateDirect(BUFFER_BYTES));
                }
            } catch (OutOfMemoryError e) {
                return taken;
            }
        }

        /** Returns the kinds and numbers of the first frames that are written. */
        private static String frames(PendingCalls calls, ServerConnection to) throws IOException {
            ByteBuffer all = ByteBuffer.allocate(4 * BUFFER_BYTES);
            for (ByteBuffer next = calls.nextToWrite(to, null);
                    next != null;
                    next = calls.nextToWrite(to, next)) {
                all.put(next);
            }
            all.flip();
            List<String> names = new ArrayList<>();
            while (all.hasRemaining() && names.size() < 3) {
                int bytes = (int) all.getLong();
                byte unused = all.get();
                names.add(PendingCallsTest.name(Request.parseFrom(all.slice().limit(bytes))));
                all.position(all.position() + bytes);
            }
            return names.toString();
        }
    }

    @Test
    void shouldAskOnTheNextConnection(@TempDir Path directory) throws Exception {
        try (TestProgram client =
                TestProgram.start(
                        directory,
                        TestProgram.command(
                                List.of("-XX:MaxDirectMemorySize=1m"),
                                FullMemory.class,
                                directory.resolve("s").toString()))) {
            assertThat(client.awaitLine("given up: ")).as(client.text()).isEqualTo("true");
            assertThat(client.awaitLine("cancelled: ")).isEqualTo("true");
            assertThat(client.awaitLine("broken: ")).startsWith("true");
            assertThat(client.awaitLine("frames: ")).isEqualTo("[withdraw 1, 2, cancel 2]");
            assertThat(client.awaitLine("state: ")).isEqualTo(State.ABANDONED.name());
            assertThat(client.awaitExit()).as(client.text()).isZero();
        }
    }
}
