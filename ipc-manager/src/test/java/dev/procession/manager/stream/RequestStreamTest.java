package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.ConditionAwait;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ServerAddress;
import dev.procession.testing.Await;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
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
        return ServerTests.options(directory);
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

    private Client client() {
        ByteString id = ByteString.copyFromUtf8("c");
        return new Client(server.services(), id, 1, 1, directory.resolve("c"));
    }

    private <T> T inServer(Function<Client, T> body) throws Exception {
        return inServer(() -> body.apply(client()));
    }

    private <T> T inServer(Supplier<T> body) throws Exception {
        return ServerTests.call(server, body::get);
    }

    /** Makes a connection that tells the stream when its client has read, as the server's do. */
    private static EmbeddedChannel channel(Client client) {
        return new EmbeddedChannel(
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelWritabilityChanged(ChannelHandlerContext context) {
                        client.stream().writabilityChanged();
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
                        if (!(e instanceof ClosedChannelException)) { // an answer was not written
                            context.fireExceptionCaught(e);
                        }
                    }
                });
    }

    @Test
    void shouldEndAClientThatWaits() throws Exception {
        long waiting =
                inServer(
                        client -> {
                            RequestStream stream = client.stream();
                            for (long thread = 1; thread <= 3; thread++) {
                                stream.received(ScannedRequest.of(acquire(2 * thread, thread)));
                                stream.received(ScannedRequest.of(await(2 * thread + 1, thread)));
                            }
                            stream.received(ScannedRequest.of(acquire(8, 4)));
                            client.end();
                            return server.stats().getWaitingRequests();
                        });
        assertThat(waiting).isZero();
    }

    private static Request offer(long seq, long received) {
        return offer(seq, received, new byte[] {1});
    }

    private static Request offer(long seq, long received, byte[] element) {
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
                                                .setValue(ByteString.copyFrom(element))))
                .build();
    }

    @Test
    void shouldNotRepeatRequestsWhoseAnswerTheClientHas() throws Exception {
        long stored =
                inServer(
                        client -> {
                            RequestStream stream = client.stream();
                            stream.received(ScannedRequest.of(offer(1, 0)));
                            long once = server.stats().stored();
                            stream.received(ScannedRequest.of(offer(1, 1)));
                            return server.stats().stored() - once;
                        });
        assertThat(stored).isZero();
    }

    private static Request.Builder dict(long seq) {
        return Request.newBuilder().setSeq(seq).setKind(Kind.DICT).setName("d");
    }

    /** Makes so many answers that further requests wait for their confirmation. */
    private static void fillWithAnswers(RequestStream stream) {
        ByteString key = ByteString.copyFromUtf8("k");
        ByteString value = ByteString.copyFrom(new byte[600_000]);
        DictPut put = DictPut.newBuilder().setKey(key).setValue(value).build();
        stream.received(
                ScannedRequest.of(dict(1).setDict(DictRequest.newBuilder().setPut(put)).build()));
        for (long seq = 2; seq <= 9; seq++) {
            stream.received(ScannedRequest.of(getOf("k", seq)));
        }
    }

    private static Request getOf(String key, long seq) {
        DictGet get = DictGet.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return dict(seq).setDict(DictRequest.newBuilder().setGet(get)).build();
    }

    @Test
    void shouldEndTheWaitOfARequestThatWasCancelledBeforeItWasCarriedOut() throws Exception {
        Client client = inServer(() -> client());
        inServer(
                () -> {
                    RequestStream stream = client.stream();
                    fillWithAnswers(stream);
                    stream.received(ScannedRequest.of(acquire(10, 1)));
                    stream.received(ScannedRequest.of(acquire(11, 2)));
                    stream.cancel(11);
                    stream.confirmed(9);
                    return null;
                });
        long waiting = inServer(() -> server.stats().getWaitingRequests());
        assertThat(server.stats().getOperations()).isEqualTo(11);
        assertThat(waiting).isZero();
    }

    @Test
    void shouldCarryOutManyRequestsThatWaitedInSeveralTurns() throws Exception {
        int requests = 5000;
        Client client = inServer(() -> client());
        CompletableFuture<Long> afterFirstTurn = new CompletableFuture<>();
        inServer(
                () -> {
                    RequestStream stream = client.stream();
                    fillWithAnswers(stream);
                    for (int seq = 10; seq < 10 + requests; seq++) {
                        stream.received(ScannedRequest.of(getOf("none", seq)));
                    }
                    stream.confirmed(9);
                    server.tasks()
                            .execute(() -> afterFirstTurn.complete(server.stats().getOperations()));
                    return null;
                });
        assertThat(afterFirstTurn.get(20, TimeUnit.SECONDS)).isBetween(10L, 9L + requests / 2);
        Await.until(() -> server.stats().getOperations() == 9 + requests, "all are carried out");
    }

    @Test
    void shouldReadOnWhenTheRequestsThatWaitedWereWithdrawn() throws Exception {
        Client client = inServer(() -> client());
        EmbeddedChannel channel = channel(client);
        inServer(
                () -> {
                    RequestStream stream = client.stream();
                    stream.connected(channel, 0);
                    fillWithAnswers(stream);
                    for (long seq = 10; seq < 40; seq++) {
                        stream.received(ScannedRequest.of(offer(seq, 0, new byte[900_000])));
                    }
                    assertThat(channel.config().isAutoRead()).isFalse();
                    for (long seq = 10; seq < 40; seq++) {
                        stream.withdraw(seq);
                    }
                    return null;
                });
        Await.until(() -> channel.config().isAutoRead(), "the server reads on");
        assertThat(channel.isOpen()).isTrue();
        boolean unused = inServer(() -> channel.finishAndReleaseAll());
    }

    /** Makes a client of a server with a heap of 48 MiB. */
    private Client clientOfSmallServer(Channel channel) throws Exception {
        StreamServices of = server.services();
        StreamServices small =
                of.within(new ServerBounds(1 << 20, 10, 1 << 24, 48 << 20, 48 << 20));
        return inServer(
                () -> {
                    ByteString id = ByteString.copyFromUtf8("c");
                    Client client = new Client(small, id, 1, 1, directory.resolve("c"));
                    client.stream().connected(channel, 0);
                    return client;
                });
    }

    /** Puts a large value, and asks for the one before. */
    private void putLarge(Client client, long seq) throws Exception {
        DictPut put =
                DictPut.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k"))
                        .setValue(ByteString.copyFrom(new byte[900_000]))
                        .build();
        Request request = dict(seq).setDict(DictRequest.newBuilder().setPut(put)).build();
        inServer(
                () -> {
                    client.stream().received(ScannedRequest.of(request));
                    return null;
                });
        Object unused = inServer(() -> "the requests that may be are carried out");
    }

    @Test
    void shouldReadTheConfirmationBehindALargeRequest() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();
        Client client = clientOfSmallServer(channel);
        long sent = 0;
        while (server.stats().queuedBytes() < 2 << 20 && channel.isOpen()) {
            putLarge(client, ++sent); // the last ones are read above the bound of 1.5 MiB
        }
        assertThat(server.stats().keptBytes()).isGreaterThan(5 << 20);
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.config().isAutoRead()).isTrue();
        long answered = server.stats().getOperations();
        inServer(
                () -> {
                    client.stream().confirmed(answered);
                    return null;
                });
        Await.until(() -> server.stats().getOperations() > answered, "it goes on");
        assertThat(channel.isOpen()).isTrue();
        for (int i = 0; i < 20 && channel.isOpen(); i++) {
            putLarge(client, ++sent); // without a confirmation
        }
        assertThat(channel.isOpen()).isFalse();
        assertThat(inServer(() -> channel.releaseOutbound())).isTrue();
    }

    @Test
    void shouldCountAConnectionAsLongAsItsHandlerLearnsOfTheEnd() throws Exception {
        Client client = inServer(() -> client());
        ServerAddress address = new ServerAddress(directory.resolve("m"));
        StreamServices services = server.services();
        HandshakeContext context =
                new HandshakeContext(
                        new byte[] {1},
                        1,
                        services.bounds(),
                        services.stats(),
                        new LinkedHashSet<>(),
                        new Clients(address, services, new ServerNumbers(1, 1)),
                        new LargeFrames(
                                services.tasks(),
                                services.bounds(),
                                services.stats(),
                                System::nanoTime),
                        new RequestScan(services.bounds().requestBytes()),
                        services.writer(),
                        server.failure());
        inServer(
                () -> {
                    ConnectionHandler handler = new ConnectionHandler(client, context);
                    assertThat(client.isConnected()).isFalse();
                    EmbeddedChannel channel = new EmbeddedChannel(handler);
                    assertThat(client.isConnected()).isTrue();
                    ChannelFuture unused = channel.close();
                    assertThat(client.isConnected()).isFalse();
                    return null;
                });
    }

    /** They may come with the GOODBYE in one read. */
    @Test
    void shouldCarryOutNothingForAClientThatHasEnded() throws Exception {
        Client client = inServer(() -> client());
        long before = server.stats().getOperations();
        inServer(
                () -> {
                    client.end();
                    client.stream().received(ScannedRequest.of(acquire(1, 1)));
                    client.stream().withdraw(1);
                    return null;
                });
        assertThat(server.stats().getOperations()).isEqualTo(before);
        assertThat(inServer(() -> server.stats().keptBytes())).isZero();
    }

    @Test
    void shouldCutOffAClientThatWithdrawsWithoutEnd() throws Exception {
        Client client = inServer(() -> client());
        EmbeddedChannel channel = channel(client);
        inServer(
                () -> {
                    client.stream().connected(channel, 0);
                    for (long seq = 1; seq <= 40_000; seq++) {
                        client.stream().withdraw(seq);
                    }
                    return null;
                });
        assertThat(channel.isOpen()).isFalse();
        boolean unused = inServer(() -> channel.releaseOutbound());
    }

    @Test
    void shouldCountARequestOnceThatComesTwice() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel();
        Client client = inServer(() -> client());
        long queued =
                inServer(
                        () -> {
                            RequestStream stream = client.stream();
                            stream.connected(channel, 0);
                            fillWithAnswers(stream);
                            long before = server.stats().queuedBytes();
                            stream.received(ScannedRequest.of(offer(10, 0, new byte[1000])));
                            stream.received(ScannedRequest.of(offer(10, 0, new byte[1000])));
                            stream.withdraw(10);
                            return server.stats().queuedBytes() - before;
                        });
        assertThat(queued).isZero();
        boolean unused = inServer(() -> channel.finishAndReleaseAll());
    }

    @Test
    void shouldRefuseARequestThatWaitsBesideTooManyOthersAndGoOn() throws Exception {
        Client client = inServer(() -> client());
        EmbeddedChannel channel = new EmbeddedChannel();
        long waiting =
                inServer(
                        () -> {
                            RequestStream stream = client.stream();
                            stream.connected(channel, 0);
                            for (long seq = 1; seq <= ServerBounds.MAX_PARKED + 10; seq++) {
                                stream.received(ScannedRequest.of(acquire(seq, seq)));
                            }
                            return server.stats().getWaitingRequests();
                        });
        assertThat(waiting).isEqualTo(ServerBounds.MAX_PARKED);
        String unused = inServer(() -> "the answers are flushed");
        List<Response> answers = new ArrayList<>();
        for (ByteBuf frame = channel.readOutbound();
                frame != null;
                frame = channel.readOutbound()) {
            answers.add(Response.parseFrom(frame.skipBytes(FrameKind.HEADER_BYTES).nioBuffer()));
            frame.release();
        }
        assertThat(answers).hasSize(10);
        assertThat(answers.get(1).getStatus()).isEqualTo(Status.FAILED);
        assertThat(answers.get(1).getText())
                .contains("requests=" + ServerBounds.MAX_PARKED)
                .contains("limit=" + server.services().bounds().parkedBytes());
        assertThat(channel.isOpen()).isTrue();
        long parked =
                inServer(
                        () -> {
                            client.end();
                            return server.stats().parkedBytes();
                        });
        assertThat(parked).isZero();
    }
}
