package dev.procession.manager.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Operation;
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

    private static Request request(long seq, Operation operation, long thread) {
        return Request.newBuilder()
                .setSeq(seq)
                .setOperation(operation)
                .setKind(Kind.LOCK)
                .setName("l")
                .setThread(thread)
                .setNanos(-1)
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
                                                        file)));
                            } catch (Throwable e) { // for the test to throw
                                result.completeExceptionally(e);
                            }
                        });
        return result.get(20, TimeUnit.SECONDS);
    }

    @Test
    void shouldForgetAClosedStreamWhenItsLastCallReturns() throws Exception {
        boolean forgotten =
                inServer(
                        client -> {
                            RequestStream waiting = client.stream(1);
                            waiting.received(request(1, Operation.ACQUIRE, 1));
                            waiting.received(request(2, Operation.AWAIT, 1));
                            RequestStream owner = client.stream(2);
                            owner.received(request(1, Operation.ACQUIRE, 2));
                            waiting.close();
                            assertThat(client.stream(1))
                                    .as("the stream, until its call has the lock")
                                    .isSameAs(waiting);
                            owner.received(request(2, Operation.RELEASE, 2));
                            return client.stream(1) != waiting;
                        });
        assertThat(forgotten).isTrue();
    }

    @Test
    void shouldEndAClientWithAClosedStreamThatWaits() throws Exception {
        long waiting =
                inServer(
                        client -> {
                            for (long stream = 1; stream <= 3; stream++) {
                                client.stream(stream)
                                        .received(request(1, Operation.ACQUIRE, stream));
                                client.stream(stream).received(request(2, Operation.AWAIT, stream));
                            }
                            client.stream(4).received(request(1, Operation.ACQUIRE, 4));
                            for (long stream = 1; stream <= 3; stream++) {
                                client.stream(stream).close();
                            }
                            client.end();
                            return server.stats().getWaitingRequests();
                        });
        assertThat(waiting).isZero();
    }

    private static Request offer(long seq, long received) {
        return Request.newBuilder()
                .setSeq(seq)
                .setReceived(received)
                .setOperation(Operation.OFFER)
                .setKind(Kind.QUEUE)
                .setName("q")
                .setSize(10)
                .setValue(ByteString.copyFromUtf8("element"))
                .build();
    }

    @Test
    void shouldNotRepeatRequestsWhoseAnswerTheClientHas() throws Exception {
        long stored =
                inServer(
                        client -> {
                            RequestStream stream = client.stream(1);
                            stream.received(offer(1, 0));
                            long once = server.stats().stored();
                            stream.received(offer(1, 1));
                            return server.stats().stored() - once;
                        });
        assertThat(stored).isZero();
    }
}
