package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.manager.ManagerException;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedList;
import dev.procession.manager.SharedQueue;
import dev.procession.manager.SharedSemaphore;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictCompareVersion;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictRemove;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LeaseDone;
import dev.procession.manager.proto.LeaseTake;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueuePutBack;
import dev.procession.manager.proto.QueueRemove;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Size;
import dev.procession.manager.proto.SnapshotClose;
import dev.procession.manager.proto.SnapshotOpen;
import dev.procession.manager.proto.SnapshotPage;
import dev.procession.manager.proto.Status;
import dev.procession.manager.proxy.RemoteManager;
import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerTests;
import dev.procession.manager.stream.ObjectFixture;
import dev.procession.manager.stream.ServerNumbers;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Empty dicts, lists and queues, and named semaphores and barriers that are as new, are forgotten
 * where there is no room for others; their numbers do not begin again.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForgottenContentTest {

    private static final int MANY = 100_000;

    /** A client may make some ten thousand objects. */
    private static final long MAX_BYTES = 16 << 20;

    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    @TempDir private Path directory;
    private ManagerServer server;
    private Manager manager;

    @BeforeEach
    void start() throws Exception {
        start(null);
    }

    private void start(@Nullable Path store) throws Exception {
        server = ManagerServer.start(ServerTests.options(directory, MAX_BYTES, store));
        manager = ServerTests.connect(server);
    }

    @AfterEach
    void stop() {
        manager.close();
        server.close();
    }

    private void restart(@Nullable Path store) throws Exception {
        stop();
        start(store);
    }

    private <T> T inServer(Callable<T> body) {
        return ServerTests.call(server, body);
    }

    /** The number of objects after those that are as new are forgotten, as if room were needed. */
    private int kept() {
        return inServer(
                () -> {
                    server.objects().forgetSome();
                    server.objects().forgetKept();
                    return server.objects().size();
                });
    }

    private Response call(Request.Builder request) {
        return ((RemoteManager) manager).client().call(request);
    }

    private Response dict(DictRequest.Builder body) {
        return call(Request.newBuilder().setKind(Kind.DICT).setName("d").setDict(body));
    }

    private Response queue(QueueRequest.Builder body) {
        return call(
                Request.newBuilder()
                        .setKind(Kind.QUEUE)
                        .setName("q")
                        .setQueueCapacity(10)
                        .setQueue(body));
    }

    private Response collection(CollectionRequest.Builder body) {
        return call(Request.newBuilder().setKind(Kind.DICT).setName("d").setCollection(body));
    }

    /** Begins an iteration with a page of one entry; returns its number. */
    private long iterate() {
        Response page =
                collection(
                        CollectionRequest.newBuilder()
                                .setSnapshotOpen(SnapshotOpen.newBuilder().setPageEntries(1)));
        assertThat(page.getMore()).isTrue();
        return page.getSnapshot();
    }

    private void readOn(long iteration) {
        SnapshotPage page =
                SnapshotPage.newBuilder().setSnapshot(iteration).setPageEntries(1).build();
        collection(CollectionRequest.newBuilder().setSnapshotPage(page));
    }

    private void endIteration(long iteration) {
        SnapshotClose close = SnapshotClose.newBuilder().setSnapshot(iteration).build();
        collection(CollectionRequest.newBuilder().setSnapshotClose(close));
    }

    private long put() {
        dict(DictRequest.newBuilder().setPut(DictPut.newBuilder().setKey(KEY).setValue(KEY)));
        return dict(DictRequest.newBuilder().setGet(DictGet.newBuilder().setKey(KEY))).getVersion();
    }

    private void remove() {
        dict(DictRequest.newBuilder().setRemove(DictRemove.newBuilder().setKey(KEY)));
    }

    private long offer() {
        return queue(QueueRequest.newBuilder().setOffer(QueueOffer.newBuilder().setValue(KEY)))
                .getElements(0);
    }

    private long poll() {
        return queue(QueueRequest.newBuilder().setPoll(QueuePoll.getDefaultInstance()))
                .getElements(0);
    }

    @Test
    void shouldForgetEmptyObjectsBeforeAClientIsRefused() throws Exception {
        Manager shared = manager;
        ChildProcess<Integer> good =
                ChildProcess.start(
                        () -> {
                            int found = 0;
                            for (int i = 0; i < 2000; i++) {
                                SharedDict<String, Integer> dict = shared.dict("good" + i);
                                dict.put("k", i);
                                found += dict.get("k") == i ? 1 : 0;
                            }
                            return found;
                        });
        int largest = 0;
        for (int i = 0; i < MANY; i++) {
            makeAndEmpty(i);
            if (i % 1000 == 0) {
                largest = Math.max(largest, inServer(server.objects()::size));
            }
        }
        assertThat(good.result()).isEqualTo(2000);
        assertThat(largest).isBetween(2000, 20_000);
        assertThat(manager.dict("good7").get("k")).isEqualTo(7);
        assertThat(kept()).isEqualTo(2000);
        assertThat(manager.stats().failures()).isZero();
    }

    private void makeAndEmpty(int i) throws Exception {
        switch (i % 5) {
            case 0 -> {
                SharedDict<String, Integer> dict = manager.dict("d" + i);
                dict.put("k", i);
                assertThat(dict.remove("k")).isEqualTo(i);
            }
            case 1 -> {
                SharedList<Integer> list = manager.list("l" + i);
                list.add(i);
                assertThat(list.remove(0)).isEqualTo(i);
            }
            case 2 -> {
                SharedQueue<Integer> queue = manager.queue("q" + i, 1);
                queue.put(i);
                assertThat(queue.take()).isEqualTo(i);
            }
            case 3 -> {
                SharedSemaphore semaphore = manager.semaphore("s" + i, 1);
                semaphore.acquire();
                semaphore.release();
            }
            default -> assertThat(manager.barrier("b" + i, 2).waiting()).isZero();
        }
    }

    @Test
    void shouldRefuseNamesOfObjectsThatHaveSomething() {
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < MANY; i++) {
                                manager.dict("d" + i).put("k", 1);
                            }
                        })
                .isInstanceOf(ManagerException.class)
                .hasMessageContaining("too many objects");
        SharedDict<String, Integer> last = manager.dict("d5");
        assertThat(last.get("k")).isEqualTo(1);
    }

    @Test
    void shouldGiveVersionsThatGrowToADictThatWasForgotten() {
        long before = put();
        remove();
        assertThat(kept()).isZero();
        long after = put();
        assertThat(after).isGreaterThan(before);
        DictCompareVersion old =
                DictCompareVersion.newBuilder()
                        .setKey(KEY)
                        .setVersion(before)
                        .setValue(KEY)
                        .build();
        assertThat(dict(DictRequest.newBuilder().setCompareVersion(old)).getDone()).isFalse();
        assertThat(kept()).isEqualTo(1);
    }

    @Test
    void shouldGiveNumbersThatGrowToAQueueThatWasForgotten() {
        long before = offer();
        assertThat(poll()).isEqualTo(before);
        assertThat(kept()).isZero();
        long after = offer();
        assertThat(after).isGreaterThan(before);
        assertThat(
                        queue(
                                        QueueRequest.newBuilder()
                                                .setRemove(
                                                        QueueRemove.newBuilder()
                                                                .setElement(before)))
                                .getDone())
                .isFalse();
        LeaseDone done = LeaseDone.newBuilder().addElements(before).build();
        assertThat(queue(QueueRequest.newBuilder().setLeaseDone(done)).getStatus())
                .isEqualTo(Status.NOT_OWNER);
        assertThat(poll()).isEqualTo(after);
        assertThat(kept()).isZero();
        QueuePutBack back = QueuePutBack.newBuilder().setElement(after).setValue(KEY).build();
        assertThat(queue(QueueRequest.newBuilder().setPutBack(back)).getStatus())
                .isEqualTo(Status.OK);
        assertThat(poll()).isEqualTo(after);
    }

    @Test
    void shouldGiveAnotherVersionToAListThatWasForgotten() {
        SharedList<Integer> list = manager.list("l");
        list.add(1);
        long before = listVersion();
        list.clear();
        assertThat(kept()).isZero();
        list.add(1);
        assertThat(listVersion()).isGreaterThan(before);
        assertThat(list).containsExactly(1);
    }

    private long listVersion() {
        return call(Request.newBuilder()
                        .setKind(Kind.LIST)
                        .setName("l")
                        .setCollection(
                                CollectionRequest.newBuilder().setSize(Size.getDefaultInstance())))
                .getVersion();
    }

    @Test
    void shouldKeepADictThatIsWatchedOrIterated() {
        SharedDict<Integer, Integer> dict = manager.dict("d");
        SharedDict.Watch watch = dict.watch((key, value) -> {});
        assertThat(kept()).isEqualTo(1);
        watch.close();
        assertThat(kept()).isZero();
        for (int i = 0; i < 10_000; i++) {
            dict.put(i, i);
        }
        Iterator<Integer> all = dict.keySet().iterator();
        assertThat(all.next()).isNotNull();
        dict.clear();
        assertThat(kept()).isEqualTo(1);
        int count = 1;
        while (all.hasNext()) {
            assertThat(all.next()).isNotNull();
            count++;
        }
        assertThat(count).isEqualTo(10_000);
        assertThat(kept()).isZero();
    }

    @Test
    void shouldKeepAQueueThatIsAwaitedOrLeased() throws Exception {
        SharedQueue<String> queue = manager.queue("q", 10);
        Background<String> taker = Background.start(() -> queue.poll(100, TimeUnit.SECONDS));
        Await.until(() -> manager.stats().waitingRequests() == 1, "the taker waits");
        assertThat(kept()).isEqualTo(1);
        queue.put("one");
        assertThat(taker.get(20, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(kept()).isZero();
        queue.put("two");
        SharedQueue.Lease<String> lease = queue.lease(Duration.ofSeconds(1)).orElseThrow();
        assertThat(kept()).isEqualTo(1);
        lease.done();
        assertThat(kept()).isZero();
        assertThat(
                        queue(
                                        QueueRequest.newBuilder()
                                                .setLeaseTake(LeaseTake.getDefaultInstance()))
                                .getStatus())
                .isEqualTo(Status.TIMED_OUT);
    }

    @Test
    void shouldKeepANamedSemaphoreWhileItHasOtherPermits() throws Exception {
        SharedSemaphore semaphore = manager.semaphore("s", 2);
        semaphore.acquire();
        assertThat(kept()).isEqualTo(1);
        semaphore.release();
        assertThat(kept()).isZero();
        semaphore.release();
        assertThat(kept()).isEqualTo(1);
        assertThat(semaphore.availablePermits()).isEqualTo(3);
    }

    /** The store's file has another number for each time that the dict was made. */
    @Test
    void shouldBringBackWhatADictHadAfterItWasForgotten() throws Exception {
        Path store = directory.resolve("store");
        restart(store);
        for (int i = 0; i < 3; i++) {
            SharedDict<String, Integer> dict = manager.dict("d");
            SharedList<Integer> list = manager.list("l");
            dict.put("old" + i, i);
            dict.clear();
            list.add(i);
            list.remove(0);
            assertThat(kept()).isZero();
        }
        SharedDict<String, Integer> dict = manager.dict("d");
        dict.put("new", 1);
        manager.<Integer>list("l").add(7);
        long version = put();
        restart(store);
        assertThat(manager.<String, Integer>dict("d").get("new")).isEqualTo(1);
        assertThat(manager.dict("d")).hasSize(2);
        assertThat(manager.<Integer>list("l")).containsExactly(7);
        assertThat(put()).isNotEqualTo(version);
        manager.dict("d").clear();
        manager.list("l").clear();
        assertThat(kept()).isZero();
        restart(store);
        assertThat(manager.dict("d")).isEmpty();
        assertThat(manager.list("l")).isEmpty();
    }

    private static QueueRequest.Builder putBack(long element, ByteString value) {
        return QueueRequest.newBuilder()
                .setPutBack(QueuePutBack.newBuilder().setElement(element).setValue(value));
    }

    @Test
    void shouldTakeBackAnElementOfAForgottenQueueThoughThereIsNoRoom() {
        ByteString large = ByteString.copyFrom(new byte[900_000]);
        QueueOffer offer = QueueOffer.newBuilder().setValue(large).build();
        long element = queue(QueueRequest.newBuilder().setOffer(offer)).getElements(0);
        assertThat(poll()).isEqualTo(element);
        assertThat(kept()).isZero();
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                fill(offer);
                            }
                        })
                .hasMessageContaining("the manager is full");
        assertThatThrownBy(() -> queue(QueueRequest.newBuilder().setOffer(offer)))
                .hasMessageContaining("the manager is full");
        assertThat(queue(putBack(element, large)).getStatus()).isEqualTo(Status.OK);
        assertThat(poll()).isEqualTo(element);
    }

    private void fill(QueueOffer offer) {
        Response unused =
                call(
                        Request.newBuilder()
                                .setKind(Kind.QUEUE)
                                .setName("full")
                                .setQueueCapacity(1000)
                                .setQueue(QueueRequest.newBuilder().setOffer(offer)));
    }

    private static Request.Builder ofQueue(QueueRequest.Builder body) {
        return Request.newBuilder()
                .setKind(Kind.QUEUE)
                .setName("q")
                .setQueueCapacity(10)
                .setQueue(body);
    }

    /** The client that puts the element back withdraws the request by which it has polled it. */
    /** The dict of an iteration that was ended for others is forgotten as well. */
    @Test
    void shouldTellWhyAnIterationOfAForgottenDictHasEnded() throws Exception {
        long unused = put();
        manager.dict("d").put("other", "value");
        long first = iterate();
        List<Long> others = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            others.add(iterate());
        }
        others.forEach(this::endIteration);
        manager.dict("d").clear();
        assertThat(kept()).isZero();
        for (int i = 0; i < 2; i++) { // the first one makes the dict anew
            assertThatThrownBy(() -> readOn(first))
                    .hasMessageContaining("the server has ended this iteration")
                    .hasMessageContaining("too many others were begun after it");
        }
        restart(null);
        assertThatThrownBy(() -> readOn(first)).hasMessageContaining("was started again");
    }

    @Test
    void shouldGiveAnElementOnceThatWasPutBackToAForgottenQueue() {
        ObjectFixture fixture = new ObjectFixture();
        ServerNumbers numbers = new ServerNumbers(1, 1);
        QueueObject before =
                new QueueObject(
                        fixture.tasks(), fixture.stats(), fixture.bounds(), numbers, "q", 10);
        fixture.use(before);
        ObjectFixture.Peer client = fixture.new Peer();
        ObjectFixture.Peer other = fixture.new Peer();
        QueueRequest.Builder offer =
                QueueRequest.newBuilder().setOffer(QueueOffer.newBuilder().setValue(KEY));
        QueueRequest.Builder poll =
                QueueRequest.newBuilder().setPoll(QueuePoll.getDefaultInstance());
        long element = client.call(ofQueue(offer)).getElements(0);
        assertThat(client.call(ofQueue(poll)).getElements(0)).isEqualTo(element);
        long polled = client.seq();
        assertThat(before.isAsNew()).isTrue();
        before.forgotten();
        fixture.use(
                new QueueObject(
                        fixture.tasks(), fixture.stats(), fixture.bounds(), numbers, "q", 10));
        assertThat(client.call(ofQueue(putBack(element, KEY))).getStatus()).isEqualTo(Status.OK);
        assertThat(other.call(ofQueue(poll)).getElements(0)).isEqualTo(element);
        client.withdraw(polled);
        Response left =
                other.call(
                        Request.newBuilder()
                                .setKind(Kind.QUEUE)
                                .setName("q")
                                .setQueueCapacity(10)
                                .setCollection(
                                        CollectionRequest.newBuilder()
                                                .setSize(Size.getDefaultInstance())));
        assertThat(left.getCount()).isZero();
    }
}
