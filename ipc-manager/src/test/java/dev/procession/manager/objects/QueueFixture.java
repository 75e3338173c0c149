package dev.procession.manager.objects;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Clear;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LeaseDone;
import dev.procession.manager.proto.LeaseReturn;
import dev.procession.manager.proto.LeaseTake;
import dev.procession.manager.proto.QueueElements;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueuePutBack;
import dev.procession.manager.proto.QueueRemaining;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.Status;
import dev.procession.manager.stream.HeapBytes;
import dev.procession.manager.stream.ObjectFixture;
import dev.procession.manager.stream.ServerNumbers;
import java.util.ArrayList;
import java.util.List;

/** A queue and clients of it, without a server and without threads. Elements go by their index. */
final class QueueFixture {

    private static final int CAPACITY = 10;
    private static final int VALUE_BYTES = 100;

    private final ObjectFixture fixture = new ObjectFixture();

    /** The number of each element. */
    private final List<Long> numbers = new ArrayList<>();

    private final List<ObjectFixture.Peer> peers = new ArrayList<>();
    private final ObjectFixture.Peer observer;
    private long epoch = 1;

    QueueFixture(int clients, int elements) {
        fixture.use(queue());
        observer = fixture.new Peer();
        for (int i = 0; i < elements; i++) {
            QueueOffer offer = QueueOffer.newBuilder().setValue(value(i)).build();
            numbers.add(
                    observer.call(request(QueueRequest.newBuilder().setOffer(offer)))
                            .getElements(0));
        }
        for (int i = 0; i < clients; i++) {
            peers.add(fixture.new Peer());
        }
    }

    private QueueObject queue() {
        return new QueueObject(
                fixture.tasks(),
                fixture.stats(),
                fixture.bounds(),
                new ServerNumbers(1, epoch),
                "q",
                CAPACITY);
    }

    private static ByteString value(int element) {
        return ByteString.copyFrom(new byte[VALUE_BYTES - element]);
    }

    private static Request.Builder request(QueueRequest.Builder body) {
        return named(Request.newBuilder().setQueue(body));
    }

    private static Request.Builder named(Request.Builder request) {
        return request.setKind(Kind.QUEUE).setName("q").setQueueCapacity(CAPACITY);
    }

    private int indexOf(Response answer) {
        return answer.getElementsCount() == 0 ? -1 : numbers.indexOf(answer.getElements(0));
    }

    /** The number of a client's last request. */
    long seq(int client) {
        return peers.get(client).seq();
    }

    /** Polls; returns the element's index, or -1. */
    int poll(int client) {
        return indexOf(
                peers.get(client)
                        .call(request(QueueRequest.newBuilder().setPoll(QueuePoll.newBuilder()))));
    }

    int lease(int client) {
        return indexOf(
                peers.get(client)
                        .call(
                                request(
                                        QueueRequest.newBuilder()
                                                .setLeaseTake(LeaseTake.newBuilder()))));
    }

    boolean putBack(int client, int element) {
        QueuePutBack.Builder back =
                QueuePutBack.newBuilder().setElement(numbers.get(element)).setValue(value(element));
        return isOk(client, QueueRequest.newBuilder().setPutBack(back));
    }

    boolean leaseDone(int client, int element) {
        LeaseDone.Builder done = LeaseDone.newBuilder().addElements(numbers.get(element));
        return isOk(client, QueueRequest.newBuilder().setLeaseDone(done));
    }

    boolean leaseReturn(int client, int element) {
        LeaseReturn.Builder back = LeaseReturn.newBuilder().addElements(numbers.get(element));
        return isOk(client, QueueRequest.newBuilder().setLeaseReturn(back));
    }

    private boolean isOk(int client, QueueRequest.Builder body) {
        return peers.get(client).call(request(body)).getStatus() == Status.OK;
    }

    void withdraw(int client, long seq) {
        peers.get(client).withdraw(seq);
    }

    void confirm(int client) {
        peers.get(client).confirm();
    }

    /** Cuts a client's connection; it has had half of its answers, and sends all again. */
    void cutAndRepeat(int client) {
        peers.get(client).cutAndRepeat();
    }

    /** Ends a client, as if it were dead, and begins it again. */
    void end(int client) {
        peers.get(client).end();
    }

    /** Begins a new server, which has no elements; the clients keep what they have taken. */
    void restart() {
        peers.forEach(ObjectFixture.Peer::end);
        clear();
        epoch++;
        fixture.use(queue());
    }

    void clear() {
        Response unused =
                observer.call(
                        named(
                                Request.newBuilder()
                                        .setCollection(
                                                CollectionRequest.newBuilder()
                                                        .setClear(Clear.newBuilder()))));
    }

    /** The indexes of the elements in the queue. */
    List<Integer> listed() {
        return observer
                .call(request(QueueRequest.newBuilder().setElements(QueueElements.newBuilder())))
                .getElementsList()
                .stream()
                .map(numbers::indexOf)
                .toList();
    }

    /** How many elements take from the queue's capacity. */
    long count() {
        return CAPACITY
                - observer.call(
                                request(
                                        QueueRequest.newBuilder()
                                                .setRemaining(QueueRemaining.newBuilder())))
                        .getCount();
    }

    /** How many elements the server counts. */
    long storedElements() {
        return Math.round((double) fixture.stats().getBytes() / HeapBytes.of(value(0)));
    }

    long stored() {
        return fixture.stats().stored();
    }
}
