package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.Manager;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictContains;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictGetAll;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.LockAcquire;
import dev.procession.manager.proto.LockRequest;
import dev.procession.manager.proto.QueueDrain;
import dev.procession.manager.proto.QueueElements;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SemaphoreAcquire;
import dev.procession.manager.proto.SemaphoreRequest;
import dev.procession.manager.proto.SnapshotOpen;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client beside others that take all room for answers: it has only what each client has anyway,
 * and so gets each answer only if it confirms those before as soon as the server needs that.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfirmationsTest {

    private static final int CALLS = 400;

    /** How many elements a page of some kilobytes has: they take more beside their content. */
    private static final int MANY = 60;

    private static final String LONG_NAME = "n".repeat(1500);
    private static final int CAPACITY = 10_000;

    @TempDir private Path directory;
    private ManagerServer server;
    private Manager manager;

    /** Requests by what their answers have. */
    private enum Kinds {
        NOTHING(collection(Kind.DICT, CollectionRequest.newBuilder().setSnapshotOpen(all(true)))),
        NO_VALUE(get(0)),
        IS_TRUE(
                dict(
                        DictRequest.newBuilder()
                                .setContains(DictContains.newBuilder().setKey(key(10))))),
        VALUE_OF_10(get(10)),
        VALUE_OF_500(get(500)),
        VALUE_OF_4000(get(4000)),
        VALUE_OF_7900(get(7900)),
        VALUE_OF_9000(get(9000)),
        VALUE_OF_15000(get(15_000)),
        KEYS_AND_VALUES(
                dict(
                        DictRequest.newBuilder()
                                .setGetAll(DictGetAll.newBuilder().addAllKeys(smallKeys())))),
        PAGE_OF_LIST(
                collection(Kind.LIST, CollectionRequest.newBuilder().setSnapshotOpen(all(false)))),
        PAGE_OF_QUEUE(
                queue("full", QueueRequest.newBuilder().setElements(QueueElements.newBuilder()))),
        NUMBER_OF_ELEMENT(
                queue(
                        "new",
                        QueueRequest.newBuilder()
                                .setOffer(QueueOffer.newBuilder().setValue(key(1))))),
        NONE_DRAINED(
                queue(
                        "empty",
                        QueueRequest.newBuilder()
                                .setDrain(QueueDrain.newBuilder().setMaxElements(10)))),
        GRANT_OF_LONG_NAME(
                queue(
                        LONG_NAME,
                        QueueRequest.newBuilder()
                                .setOffer(QueueOffer.newBuilder().setValue(key(1))))),
        NO_GRANT(queue("empty", QueueRequest.newBuilder().setPoll(QueuePoll.newBuilder()))),
        LOCK(
                Request.newBuilder()
                        .setKind(Kind.RLOCK)
                        .setName(LONG_NAME)
                        .setLock(LockRequest.newBuilder().setAcquire(LockAcquire.newBuilder()))),
        PERMIT(
                Request.newBuilder()
                        .setKind(Kind.SEMAPHORE)
                        .setName("s")
                        .setSemaphorePermits(CAPACITY)
                        .setSemaphore(
                                SemaphoreRequest.newBuilder()
                                        .setAcquire(SemaphoreAcquire.newBuilder().setPermits(1))));

        private final Request request;

        Kinds(Request.Builder request) {
            this.request = request.build();
        }
    }

    private static SnapshotOpen.Builder all(boolean keysOnly) {
        return SnapshotOpen.newBuilder().setPageEntries(MANY).setKeysOnly(keysOnly);
    }

    private static ByteString key(int valueBytes) {
        return ByteString.copyFromUtf8("k" + valueBytes);
    }

    private static List<ByteString> smallKeys() {
        List<ByteString> keys = new ArrayList<>();
        for (int i = 1; i <= MANY; i++) {
            keys.add(key(i));
        }
        return keys;
    }

    private static Request.Builder dict(DictRequest.Builder body) {
        return Request.newBuilder().setKind(Kind.DICT).setName("d").setDict(body);
    }

    private static Request.Builder get(int valueBytes) {
        return dict(DictRequest.newBuilder().setGet(DictGet.newBuilder().setKey(key(valueBytes))));
    }

    private static Request.Builder put(int valueBytes) {
        DictPut put =
                DictPut.newBuilder()
                        .setKey(key(valueBytes))
                        .setValue(ByteString.copyFrom(new byte[valueBytes]))
                        .build();
        return dict(DictRequest.newBuilder().setPut(put));
    }

    private static Request.Builder collection(Kind kind, CollectionRequest.Builder body) {
        String name = kind == Kind.DICT ? "none" : "l";
        return Request.newBuilder().setKind(kind).setName(name).setCollection(body);
    }

    private static Request.Builder queue(String name, QueueRequest.Builder body) {
        return Request.newBuilder()
                .setKind(Kind.QUEUE)
                .setName(name)
                .setQueueCapacity(CAPACITY)
                .setQueue(body);
    }

    @BeforeEach
    void start() throws Exception {
        server = ManagerServer.start(ServerTests.options(directory));
        manager = ServerTests.connect(server);
        for (int i = 1; i <= MANY; i++) {
            Response unused = call(put(i));
            unused =
                    call(
                            queue(
                                    "full",
                                    QueueRequest.newBuilder()
                                            .setOffer(QueueOffer.newBuilder().setValue(key(i)))));
        }
        for (int bytes : new int[] {500, 4000, 7900, 9000, 15_000}) {
            Response unused = call(put(bytes));
        }
        Response unused =
                call(
                        Request.newBuilder()
                                .setKind(Kind.LIST)
                                .setName("l")
                                .setList(
                                        ListRequest.newBuilder()
                                                .setAdd(
                                                        ListAdd.newBuilder()
                                                                .addAllValues(smallKeys()))));
        others(1);
    }

    /** Others take all room for answers, or give it back. */
    private void others(int sign) {
        long all = server.services().bounds().allKeptBytes();
        ServerTests.call(
                server,
                () -> {
                    server.stats().kept(sign * all);
                    return null;
                });
    }

    @AfterEach
    void stop() {
        others(-1);
        manager.close();
        server.close();
    }

    private Response call(Request.Builder request) {
        return ((RemoteManager) manager).client().call(request);
    }

    private CompletableFuture<Status> begin(Request request) {
        return ((RemoteManager) manager)
                .client()
                .callAsync(request.toBuilder(), Response::getStatus);
    }

    /** All of them are under way when the first one is answered. */
    private void requireAnswers(List<Request> requests) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        server.tasks()
                .execute(
                        () -> {
                            try {
                                sent.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        List<CompletableFuture<Status>> calls = requests.stream().map(this::begin).toList();
        sent.countDown();
        for (CompletableFuture<Status> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS)).isIn(Status.OK, Status.TIMED_OUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGetAnswersOfEachKind(Kinds kind) throws Exception {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            requests.add(kind.request);
        }
        requireAnswers(requests);
    }

    /**
     * The small answers take less than what a client confirms at once, and more than is left of
     * what it has beside the large one.
     */
    @Test
    void shouldGetALargerAnswerBehindSmallOnes() throws Exception {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            requests.add(Kinds.VALUE_OF_10.request);
        }
        requests.add(Kinds.VALUE_OF_15000.request);
        requireAnswers(requests);
    }

    @Test
    void shouldGetAnswersOfAllKindsInTurn() throws Exception {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            for (Kinds kind : Kinds.values()) {
                requests.add(kind.request);
            }
        }
        requireAnswers(requests);
    }
}
