package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Change;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictRemove;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Event;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import dev.procession.manager.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that confirm no answers, beside a good one, in a server with a heap of 48 MiB. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnswerRoomTest {

    private static final int LARGE = 900_000;
    private static final ServerBounds BOUNDS =
            new ServerBounds(1 << 20, 24, 1 << 24, 48 << 20, 48 << 20);

    @TempDir private Path directory;
    private ManagerServer server;
    private StreamServices services;
    private final List<One> all = new ArrayList<>();

    /** A client and its connection. */
    private final class One {
        private final Client client;
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private long seq;

        One(int number) {
            ByteString id = ByteString.copyFromUtf8("c" + number);
            client = new Client(services, id, 1, 1, directory.resolve("c" + number));
            client.stream().connected(channel, 0);
            all.add(this);
        }

        void send(Request.Builder request) throws Exception {
            ReceivedRequest numbered = ScannedRequest.of(request.setSeq(++seq).build());
            inServer(
                    () -> {
                        client.stream().received(numbered);
                        return null;
                    });
        }

        /** Returns the next answer; null if there is none. */
        @Nullable Response answer() throws Exception {
            ByteBuf header = inServer(channel::readOutbound);
            return header == null ? null : parsed(header);
        }

        /** Waits for a small event. */
        Event awaitEvent() throws Exception {
            ByteBuf header = inServer(channel::readOutbound);
            while (header == null) {
                Thread.sleep(5);
                header = inServer(channel::readOutbound);
            }
            try {
                return Event.parseFrom(header.skipBytes(FrameKind.HEADER_BYTES).nioBuffer());
            } finally {
                header.release();
            }
        }

        private Response parsed(ByteBuf first) throws Exception {
            int bytes = (int) first.readLong();
            ByteBuf whole = first.skipBytes(1);
            while (whole.readableBytes() < bytes) {
                ByteBuf next = inServer(channel::readOutbound);
                whole = Unpooled.wrappedBuffer(whole, next);
            }
            try {
                return Response.parseFrom(whole.nioBuffer());
            } finally {
                whole.release();
            }
        }

        /** Waits for the next answer. */
        Response awaitAnswer() throws Exception {
            Response answer = answer();
            while (answer == null) {
                Thread.sleep(5);
                answer = answer();
            }
            return answer;
        }

        void confirm(long count) throws Exception {
            inServer(
                    () -> {
                        client.stream().confirmed(count);
                        return null;
                    });
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = ManagerServer.start(ServerTests.options(directory));
        services = server.services().within(BOUNDS);
    }

    @AfterEach
    void stop() throws Exception {
        for (One one : all) {
            inServer(one.channel::finishAndReleaseAll);
        }
        server.close();
    }

    private <T> T inServer(Supplier<T> body) throws Exception {
        return ServerTests.call(server, body::get);
    }

    private static Request.Builder put(String key, int bytes) {
        DictPut put =
                DictPut.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFrom(new byte[bytes]))
                        .build();
        return Request.newBuilder()
                .setKind(Kind.DICT)
                .setName("d")
                .setDict(DictRequest.newBuilder().setPut(put));
    }

    private static Request.Builder get(String key) {
        DictGet get = DictGet.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return Request.newBuilder()
                .setKind(Kind.DICT)
                .setName("d")
                .setDict(DictRequest.newBuilder().setGet(get));
    }

    private static Request.Builder remove(String key) {
        DictRemove remove = DictRemove.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return Request.newBuilder()
                .setKind(Kind.DICT)
                .setName("d")
                .setDict(DictRequest.newBuilder().setRemove(remove));
    }

    /** Each of many clients reads large values, overwrites them, and confirms nothing. */
    private List<One> fill() throws Exception {
        for (int i = 0; i < 60; i++) {
            One greedy = inServer(() -> new One(all.size()));
            greedy.send(put("large", LARGE));
            greedy.send(get("large"));
        }
        assertThat(server.stats().keptBytes())
                .isBetween(BOUNDS.allKeptBytes() / 2, BOUNDS.allKeptBytes());
        return List.copyOf(all);
    }

    private void endAll(List<One> several) throws Exception {
        for (One one : several) {
            inServer(
                    () -> {
                        one.client.end();
                        return null;
                    });
        }
    }

    @Test
    void shouldKeepNoMoreThanTheTotalForClientsThatConfirmNothing() throws Exception {
        assertThat(fill()).hasSize(60);
    }

    @Test
    void shouldServeAGoodClientWithSmallAnswersBesideThem() throws Exception {
        List<One> unused = fill();
        One good = inServer(() -> new One(100));
        for (int i = 1; i <= 500; i++) {
            good.send(put("small", 10));
            assertThat(good.awaitAnswer().getStatus()).isEqualTo(Status.OK);
            good.send(get("small"));
            assertThat(good.awaitAnswer().getValue().size()).isEqualTo(10);
            good.confirm(2L * i);
        }
    }

    @Test
    void shouldRefuseALargeAnswerAfterSomeSecondsAndGoOn() throws Exception {
        List<One> unused = fill();
        One good = inServer(() -> new One(100));
        long operations = server.stats().getOperations();
        good.send(get("large"));
        good.send(put("after", 10));
        Response refused = good.awaitAnswer();
        assertThat(refused.getStatus()).isEqualTo(Status.FAILED);
        assertThat(refused.getText())
                .contains("no room")
                .contains("of all clients: bytes=")
                .contains("limit=" + BOUNDS.allKeptBytes())
                .contains("larger heap");
        assertThat(good.awaitAnswer().getStatus()).isEqualTo(Status.OK);
        assertThat(server.stats().getOperations()).isEqualTo(operations + 1);
    }

    @Test
    void shouldCarryOutNoRequestWhoseAnswerFindsNoRoom() throws Exception {
        List<One> greedy = fill();
        One good = inServer(() -> new One(100));
        for (int i = 1; i <= 2; i++) {
            good.send(remove("large"));
            assertThat(good.awaitAnswer().getStatus()).isEqualTo(Status.FAILED);
        }
        endAll(greedy);
        good.send(remove("large"));
        assertThat(good.awaitAnswer().getValue().size()).isEqualTo(LARGE);
    }

    @Test
    void shouldLetTheNextRequestGoOnWhenOneWithoutRoomIsWithdrawn() throws Exception {
        List<One> unused = fill();
        One good = inServer(() -> new One(100));
        good.send(get("large"));
        good.send(put("after", 10));
        inServer(
                () -> {
                    good.client.stream().withdraw(1);
                    return null;
                });
        assertThat(good.awaitAnswer().getStatus()).isEqualTo(Status.WITHDRAWN);
        assertThat(good.awaitAnswer().getStatus()).isEqualTo(Status.OK);
    }

    @Test
    void shouldTellAtOnceOfAMissedEventWhenNoneIsUnread() throws Exception {
        One good = inServer(() -> new One(100));
        Event large = Event.newBuilder().setValue(ByteString.copyFrom(new byte[LARGE])).build();
        inServer(
                () -> {
                    server.stats().events(BOUNDS.allEventBytes()); // others have all room
                    good.client.stream().send(large);
                    server.stats().events(-BOUNDS.allEventBytes());
                    return null;
                });
        assertThat(inServer(() -> good.client.stream().takesEvents())).isTrue();
        assertThat(good.awaitEvent().getChange()).isEqualTo(Change.MISSED_ENTRIES);
    }

    @Test
    void shouldAnswerWhenOthersHaveConfirmed() throws Exception {
        List<One> greedy = fill();
        One good = inServer(() -> new One(100));
        good.send(get("large"));
        assertThat(good.answer()).isNull();
        endAll(greedy);
        assertThat(good.awaitAnswer().getValue().size()).isEqualTo(LARGE);
    }

    private static Request.Builder queue(QueueRequest.Builder body) {
        return Request.newBuilder()
                .setKind(Kind.QUEUE)
                .setName("q")
                .setQueueCapacity(100)
                .setQueue(body);
    }

    private static Request.Builder take() {
        return queue(QueueRequest.newBuilder().setPoll(QueuePoll.newBuilder().setWaitNanos(-1)));
    }

    /** Puts a large element into the queue, of which takers wait. */
    private void offer() throws Exception {
        One producer = inServer(() -> new One(101));
        ByteString element = ByteString.copyFrom(new byte[LARGE]);
        producer.send(
                queue(
                        QueueRequest.newBuilder()
                                .setOffer(QueueOffer.newBuilder().setValue(element))));
        assertThat(producer.awaitAnswer().getStatus()).isEqualTo(Status.OK);
    }

    /** It waited for ever, and its caller did not know why. */
    @Test
    void shouldRefuseATakerWhoseElementFindsNoRoomForSeconds() throws Exception {
        List<One> greedy = fill();
        One good = inServer(() -> new One(100));
        good.send(take());
        good.send(take());
        offer();
        long start = System.nanoTime();
        Response refused = good.awaitAnswer();
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
        assertThat(refused.getSeq()).isEqualTo(1);
        assertThat(refused.getStatus()).isEqualTo(Status.FAILED);
        assertThat(refused.getText())
                .contains("no room")
                .contains("of all clients: bytes=")
                .contains("limit=" + BOUNDS.allKeptBytes());
        endAll(greedy);
        Response taken = good.awaitAnswer();
        assertThat(taken.getSeq()).isEqualTo(2);
        assertThat(taken.getValue().size()).isEqualTo(LARGE);
    }

    /**
     * Small requests wait for their client's own confirmations, so a large one behind them has not
     * waited for seconds when they have.
     */
    @Test
    void shouldNotRefuseALargeAnswerAtOnceBehindSmallOnesThatHaveWaited() throws Exception {
        List<One> greedy = fill();
        One good = inServer(() -> new One(100));
        good.send(put("small", 10));
        int answers = 1;
        while (good.answer() != null) { // until it has all that each client has anyway
            good.send(get("small"));
            answers++;
        }
        good.send(get("large"));
        good.send(get("small"));
        Thread.sleep(TimeUnit.NANOSECONDS.toMillis(AnswerRoom.PATIENCE_NANOS) + 100);
        good.confirm(answers - 1);
        assertThat(good.awaitAnswer().getValue().size()).isEqualTo(10);
        assertThat(good.answer()).isNull();
        endAll(greedy);
        assertThat(good.awaitAnswer().getValue().size()).isEqualTo(LARGE);
    }

    @Test
    void shouldGiveElementsToTakersThatWaitWhenOthersHaveConfirmed() throws Exception {
        List<One> greedy = fill();
        One good = inServer(() -> new One(100));
        good.send(take());
        offer();
        assertThat(good.answer()).isNull();
        endAll(greedy);
        assertThat(good.awaitAnswer().getValue().size()).isEqualTo(LARGE);
    }
}
