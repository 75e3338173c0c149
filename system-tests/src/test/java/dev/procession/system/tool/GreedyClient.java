package dev.procession.system.tool;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Clear;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictGet;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.EventIsSet;
import dev.procession.manager.proto.EventRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueuePoll;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Received;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.proto.WatchBegin;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A client of a manager's server that speaks the protocol well, and wants all it can get. */
public final class GreedyClient implements AutoCloseable {

    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    private final RawClient client;
    private final AtomicLong answers = new AtomicLong();
    private long seq;

    /** Connects. */
    public GreedyClient(Path directory, byte[] secret, Random random) throws IOException {
        client = new RawClient(directory, secret, random);
        client.performHandshake(0);
    }

    /** What it speaks with. */
    public RawClient raw() {
        return client;
    }

    /** Reads an answer, which the next request confirms. Another thread may do this. */
    public Response answer() throws IOException {
        Response answer = client.answer();
        answers.incrementAndGet();
        return answer;
    }

    /** The number of the last request. */
    public long seq() {
        return seq;
    }

    private Request.Builder request(Kind kind, String name) {
        return Request.newBuilder()
                .setSeq(++seq)
                .setReceived(answers.get())
                .setKind(kind)
                .setName(name);
    }

    private Request queue(String name, QueueRequest.Builder body) {
        return request(Kind.QUEUE, name).setQueueCapacity(1 << 20).setQueue(body).build();
    }

    private Request dict(String name, DictRequest.Builder body) {
        return request(Kind.DICT, name).setDict(body).build();
    }

    /** Puts a value, and returns the answer. */
    public Response put(String dict, int bytes) throws IOException {
        DictPut put =
                DictPut.newBuilder()
                        .setKey(KEY)
                        .setValue(ByteString.copyFrom(new byte[bytes]))
                        .build();
        client.send(dict(dict, DictRequest.newBuilder().setPut(put)));
        return answer();
    }

    /** Adds as many values of a byte to a list as go into a message; returns the answer. */
    public Response addSmallValues(String list) throws IOException {
        int count = (client.maxFrameBytes() - 100) / 3; // tag, length, byte
        ByteString small = ByteString.copyFrom(new byte[1]);
        ListAdd add = ListAdd.newBuilder().addAllValues(Collections.nCopies(count, small)).build();
        client.send(request(Kind.LIST, list).setList(ListRequest.newBuilder().setAdd(add)).build());
        return answer();
    }

    /** Asks for the value. */
    public void get(String dict) throws IOException {
        client.send(dict(dict, DictRequest.newBuilder().setGet(DictGet.newBuilder().setKey(KEY))));
    }

    /** Asks for the events of a key, and returns the answer. */
    public Response watch(String dict, long number, ByteString key) throws IOException {
        WatchBegin watch = WatchBegin.newBuilder().setWatch(number).setKey(key).build();
        client.send(dict(dict, DictRequest.newBuilder().setWatchBegin(watch)));
        return answer();
    }

    /** Asks for the events of a dict, and reads the answer. */
    public void watch(String dict) throws IOException {
        client.send(
                dict(
                        dict,
                        DictRequest.newBuilder()
                                .setWatchBegin(WatchBegin.newBuilder().setWatch(1))));
        Response unused = answer();
    }

    /** Offers an element to a queue of one element, without a limit of time. */
    public void offer(String queue, int bytes) throws IOException {
        QueueOffer offer =
                QueueOffer.newBuilder()
                        .setValue(ByteString.copyFrom(new byte[bytes]))
                        .setWaitNanos(-1)
                        .build();
        client.send(
                request(Kind.QUEUE, queue)
                        .setQueueCapacity(1)
                        .setQueue(QueueRequest.newBuilder().setOffer(offer))
                        .build());
    }

    /** Removes all elements of a queue. */
    public void clear(String queue) throws IOException {
        client.send(
                request(Kind.QUEUE, queue)
                        .setQueueCapacity(1)
                        .setCollection(
                                CollectionRequest.newBuilder().setClear(Clear.getDefaultInstance()))
                        .build());
    }

    /** Waits for an element, without a limit of time. */
    public void poll(String queue) throws IOException {
        client.send(
                queue(
                        queue,
                        QueueRequest.newBuilder()
                                .setPoll(QueuePoll.newBuilder().setWaitNanos(-1))));
    }

    /** Uses an event, and has the server make it. */
    public void look(String event) throws IOException {
        client.send(
                request(Kind.EVENT, event)
                        .setEvent(
                                EventRequest.newBuilder().setIsSet(EventIsSet.getDefaultInstance()))
                        .build());
    }

    /** Says that it has had so many answers. */
    public void confirm(long received) throws IOException {
        client.send(
                Request.newBuilder()
                        .setReceived(received)
                        .setStream(
                                StreamRequest.newBuilder()
                                        .setOnlyReceived(Received.getDefaultInstance()))
                        .build());
    }

    /** Sends three quarters of the largest request. */
    public void begin() throws IOException {
        int bytes = client.maxFrameBytes();
        byte kind = FrameKind.REQUEST.number();
        client.write(ByteBuffer.allocate(FrameKind.HEADER_BYTES).putLong(bytes).put(kind).array());
        byte[] piece = new byte[1 << 16];
        for (int sent = 0; sent < bytes / 4 * 3; sent += piece.length) {
            client.write(piece);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
