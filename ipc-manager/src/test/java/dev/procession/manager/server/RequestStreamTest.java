package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.ConditionAwait;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams without connections, on the server's thread. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RequestStreamTest {

    @TempDir private Path directory;
    private ManagerServer server;

    @BeforeEach
    void start() throws Exception {
        server = ManagerServer.start(options());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ServerOptions options() {
        return new ServerOptions(
                directory.resolve("m").toString(),
                new byte[] {1},
                false,
                1 << 20,
                10,
                0,
                null,
                true);
    }

    private static Request.Builder request(long seq) {
        return Request.newBuilder().setSeq(seq).setKind(Kind.LOCK).setName("l");
    }

    private static Request acquire(long seq, long thread) {
        return request(seq)
                .setLock(
                        LockRequest.newBuilder()
                                .setAcquire(
                                        LockAcquire.newBuilder()
                                                .setThread(thread)
                                                .setWaitNanos(-1)))
                .build();
    }

    private static Request await(long seq, long thread) {
        return request(seq)
                .setLock(
                        LockRequest.newBuilder()
                                .setAwait(
                                        ConditionAwait.newBuilder()
                                                .setThread(thread)
                                                .setWaitNanos(-1)))
                .build();
    }

    private <T> T inServer(Function<Client, T> body) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        server.tasks()
                .execute(
                        () -> {
                            try {
                                Path file = directory.resolve("c");
                                result.complete(
                                        body.apply(
                                                new Client(
                                                        server.services(),
                                                        ByteString.copyFromUtf8("c"),
                                                        1,
                                                        1,
                                                        file)));
                            } catch (Throwable e) { // for the test to throw
                                result.completeExceptionally(e);
                            }
                        });
        return result.get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldEndAClientThatWaits() throws Exception {
        long waiting =
                inServer(
                        client -> {
                            RequestStream stream = client.stream();
                            for (long thread = 1; thread <= 3; thread++) {
                                stream.received(acquire(2 * thread, thread));
                                stream.received(await(2 * thread + 1, thread));
                            }
                            stream.received(acquire(8, 4));
                            client.end();
                            return server.stats().getWaitingRequests();
                        });
        assertThat(waiting).isZero();
    }

    private static Request offer(long seq, long received) {
        return Request.newBuilder()
                .setSeq(seq)
                .setReceived(received)
                .setKind(Kind.QUEUE)
                .setName("q")
                .setQueueCapacity(10)
                .setQueue(
                        QueueRequest.newBuilder()
                                .setOffer(
                                        QueueOffer.newBuilder()
                                                .setValue(ByteString.copyFromUtf8("element"))))
                .build();
    }

    @Test
    void shouldNotRepeatRequestsWhoseAnswerTheClientHas() throws Exception {
        long stored =
                inServer(
                        client -> {
                            RequestStream stream = client.stream();
                            stream.received(offer(1, 0));
                            long once = server.stats().stored();
                            stream.received(offer(1, 1));
                            return server.stats().stored() - once;
                        });
        assertThat(stored).isZero();
    }
}
