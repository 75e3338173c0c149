package dev.procession.manager.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A shared object and its clients, without a server and without threads. It checks that no request
 * takes more memory than the object says.
 */
public final class ObjectFixture {

    private SharedObject object = call -> call.refuse("there is no object");
    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final ServerFailure failure = new ServerFailure(null, null, () -> {});
    private final ServerStats stats = new ServerStats();
    private final FrameWriter writer = new FrameWriter(loop.eventLoop(), null, failure);
    private final ServerBounds bounds = new ServerBounds(1 << 22, 10, 1 << 24, 48 << 20, 48 << 20);
    private final LoopTasks tasks = new LoopTasks(loop.eventLoop(), writer, stats, failure);
    private final StreamServices services =
            new StreamServices(
                    tasks,
                    writer,
                    bounds,
                    stats,
                    new AnswerRoom(tasks, bounds, stats),
                    this::execute,
                    request -> object.answerBytes(request));

    private final List<String> failures = new ArrayList<>();
    private long sessions;

    /** Has an object carry the requests out from now on. */
    public void use(SharedObject next) {
        object = next;
    }

    private void execute(Call call) {
        call.undoneBy((undone, answer) -> object.undo(undone, answer));
        boolean mayGrow = Requests.mayGrow(call.request());
        long growth = mayGrow ? Math.max(0, object.growth(call)) : 0;
        long before = stats.stored() - stats.parkedBytes();
        object.handle(call);
        long grown = stats.stored() - stats.parkedBytes() - before;
        if (mayGrow && grown > growth) {
            failures.add("a request took more than it said: " + grown + " > " + growth);
        }
    }

    /** What requests did that they must not do. */
    public List<String> failures() {
        return failures;
    }

    public ServerStats stats() {
        return stats;
    }

    public ServerBounds bounds() {
        return bounds;
    }

    public LoopTasks tasks() {
        return tasks;
    }

    /** Runs what the object has planned for now. */
    public void runTasks() {
        loop.runPendingTasks();
        loop.runScheduledPendingTasks();
    }

    /** A client, and what it has sent and read. */
    public final class Peer {
        private Client client;
        private EmbeddedChannel channel;
        private final ByteBuf unread = Unpooled.buffer();
        private int confirmed;
        private final List<Request> sent = new ArrayList<>();
        private final List<Response> read = new ArrayList<>();

        public Peer() {
            client = newClient();
            channel = connect(0);
        }

        private Client newClient() {
            ByteString id = ByteString.copyFromUtf8("client");
            return new Client(services, id, 1, ++sessions, Path.of("life"));
        }

        private EmbeddedChannel connect(int had) {
            EmbeddedChannel fresh = new EmbeddedChannel();
            client.stream().connected(fresh, had);
            return fresh;
        }

        public Client client() {
            return client;
        }

        /** Sends a request; returns its number. */
        public long send(Request.Builder body) {
            Request request = body.setSeq(sent.size() + 1L).build();
            sent.add(request);
            client.stream().received(ScannedRequest.of(request));
            return request.getSeq();
        }

        /** The number of the last request. */
        public long seq() {
            return sent.size();
        }

        /** Sends a request; returns its answer, which must come at once. */
        public Response call(Request.Builder body) {
            long seq = send(body);
            readAnswers();
            Response last = read.get(read.size() - 1);
            if (last.getSeq() != seq) {
                throw new AssertionError("no answer: " + sent.get(sent.size() - 1));
            }
            return last;
        }

        /** Whether a request has had an answer. */
        public boolean isAnswered(long seq) {
            readAnswers();
            return read.stream().anyMatch(answer -> answer.getSeq() == seq);
        }

        private void readAnswers() {
            writer.flush();
            for (ByteBuf f = channel.readOutbound(); f != null; f = channel.readOutbound()) {
                unread.writeBytes(f);
                f.release();
            }
            while (unread.isReadable()) {
                int length = (int) unread.readLong();
                unread.skipBytes(FrameKind.HEADER_BYTES - FrameKind.LENGTH_BYTES);
                try {
                    read.add(Response.parseFrom(unread.readSlice(length).nioBuffer()));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
            unread.clear();
        }

        public void withdraw(long seq) {
            client.stream().withdraw(seq);
            readAnswers();
        }

        /** Confirms all answers. */
        public void confirm() {
            confirmed = read.size();
            client.stream().confirmed(confirmed);
        }

        /** Loses its connection and half of its answers, and sends all requests again. */
        public void cutAndRepeat() {
            ChannelFuture unused = channel.close();
            client.stream().disconnected(channel);
            int had = Math.max(confirmed, read.size() / 2);
            read.subList(had, read.size()).clear();
            channel = connect(had);
            sent.forEach(request -> client.stream().received(ScannedRequest.of(request)));
            readAnswers();
        }

        /** Ends, as if it were dead, and begins again. */
        public void end() {
            client.end();
            sent.clear();
            read.clear();
            confirmed = 0;
            client = newClient();
            channel = connect(0);
        }
    }
}
