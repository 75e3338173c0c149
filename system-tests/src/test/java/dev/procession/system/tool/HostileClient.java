package dev.procession.system.tool;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.procession.core.life.Membership;
import dev.procession.manager.proto.Accepted;
import dev.procession.manager.proto.Hello;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Proof;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Welcome;
import dev.procession.manager.wire.FrameKind;
import dev.procession.manager.wire.ManagerHandshake;
import dev.procession.manager.wire.ServerAddress;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Sends invalid input to a manager's server: valid frames of which some bytes were changed, or that
 * were cut, duplicated or given another length, before, during and after the handshake.
 */
public final class HostileClient implements AutoCloseable {

    private static final List<FieldDescriptor> GROUPS =
            Request.getDescriptor().findFieldByName("dict").getContainingOneof().getFields();

    private static final Kind[] KINDS = Kind.values();
    private static final Set<String> ENDING = Set.of("goodbye", "withdraw");

    private final ServerAddress address;
    private final byte[] secret;
    private final Random random;
    private ByteString id;
    private Membership membership;
    private final ByteBuffer drain = ByteBuffer.allocateDirect(1 << 16);
    private SocketChannel channel;
    private Welcome welcome = Welcome.getDefaultInstance();
    private Accepted accepted = Accepted.getDefaultInstance();
    private long seq;

    public HostileClient(Path directory, byte[] secret, Random random) throws IOException {
        this.address = new ServerAddress(directory);
        this.secret = secret;
        this.random = random;
        this.id = bytes(ManagerHandshake.CLIENT_BYTES);
        this.membership = Membership.claim(address.client(id));
        this.channel = connect();
    }

    private ByteString bytes(int count) {
        byte[] made = new byte[count];
        random.nextBytes(made);
        return ByteString.copyFrom(made);
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(address.socket()));
    }

    /** Sends one input, on a new connection if the server has closed the last one. */
    public void attack() throws IOException {
        try {
            if (!channel.isOpen()) {
                channel = connect();
                if (random.nextInt(4) > 0) {
                    renew();
                    performHandshake();
                } else {
                    write(mutated(frame(FrameKind.HELLO, hello().toByteArray())));
                    readOrClose(random.nextBoolean());
                    return;
                }
            }
            write(mutated(frame(FrameKind.REQUEST, request().toByteArray())));
            readOrClose(random.nextInt(50) == 0);
            if (random.nextInt(10) == 0) { // the server may ignore what this client sends now
                channel.close();
            }
        } catch (IOException e) {
            channel.close(); // the server has closed the connection, as it should
        }
    }

    /**
     * Mostly becomes another client. A frame may have had so high a number that the server ignores
     * all later ones of the session; or it was a GOODBYE, and the server has removed the life file,
     * and would refuse every handshake from now on.
     */
    private void renew() throws IOException {
        boolean gone = !Files.exists(address.client(id));
        if (gone || random.nextInt(4) > 0) {
            membership.release();
            Files.deleteIfExists(address.client(id));
            id = bytes(ManagerHandshake.CLIENT_BYTES);
            membership = Membership.claim(address.client(id));
            seq = 0;
        }
    }

    private Hello hello() {
        return Hello.newBuilder()
                .setMagic(ManagerHandshake.MAGIC)
                .setVersion(ManagerHandshake.VERSION)
                .setPid(1)
                .setClient(id)
                .setIncarnation(welcome.getIncarnation())
                .setSession(accepted.getSession())
                .setAnswers(random.nextInt(3))
                .setNonce(bytes(ManagerHandshake.NONCE_BYTES))
                .build();
    }

    /** Performs a valid handshake, so that the server reads the requests. */
    private void performHandshake() throws IOException {
        Hello hello = hello();
        write(frame(FrameKind.HELLO, hello.toByteArray()));
        welcome = Welcome.parseFrom(answer());
        ByteString proof = ManagerHandshake.clientProof(secret, hello, welcome);
        write(frame(FrameKind.PROOF, Proof.newBuilder().setProof(proof).build().toByteArray()));
        accepted = Accepted.parseFrom(answer());
    }

    private ByteBuffer answer() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FrameKind.HEADER_BYTES);
        fill(header);
        ByteBuffer payload = ByteBuffer.allocate((int) header.flip().getLong());
        fill(payload);
        return payload.flip();
    }

    private void fill(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new IOException("closed");
            }
        }
    }

    private Request request() {
        Request.Builder request =
                Request.newBuilder()
                        .setSeq(++seq)
                        .setReceived(seq - 1)
                        .setKind(KINDS[any(KINDS.length - 1)])
                        .setName("name" + random.nextInt(8));
        switch (random.nextInt(4)) {
            case 0 -> request.setQueueCapacity(number());
            case 1 -> request.setSemaphorePermits(number());
            case 2 -> request.setBarrierParties(number());
            default -> {}
        }
        FieldDescriptor group = GROUPS.get(random.nextInt(GROUPS.size()));
        Message.Builder content = request.newBuilderForField(group);
        List<FieldDescriptor> bodies = group.getMessageType().getFields();
        if (!bodies.isEmpty()) {
            FieldDescriptor body = body(bodies);
            content.setField(body, filled(content.newBuilderForField(body)));
        }
        return request.setField(group, content.build()).build();
    }

    /**
     * A random body; those that end the use of a connection are rarer, because otherwise most
     * inputs would find it ended.
     */
    private FieldDescriptor body(List<FieldDescriptor> bodies) {
        FieldDescriptor chosen;
        do {
            chosen = bodies.get(random.nextInt(bodies.size()));
        } while (ENDING.contains(chosen.getName()) && random.nextInt(10) > 0);
        return chosen;
    }

    /** Sets fields of a message to random values, some of them not at all. */
    private Message filled(Message.Builder message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    message.addRepeatedField(field, content(field));
                }
            } else if (random.nextInt(4) > 0) {
                message.setField(field, content(field));
            }
        }
        return message.build();
    }

    private Object content(FieldDescriptor field) {
        if (field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
            return bytes(random.nextInt(2) == 0 ? 0 : random.nextInt(64)); // some keys are equal
        }
        if (field.getJavaType() == FieldDescriptor.JavaType.BOOLEAN) {
            return random.nextBoolean();
        }
        return field.getName().equals("wait_nanos") ? random.nextInt(3) - 1L : number();
    }

    private int any(int bound) {
        return random.nextInt(bound);
    }

    private long number() {
        return switch (random.nextInt(6)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> Long.MIN_VALUE;
            case 2 -> -1;
            default -> random.nextInt(10);
        };
    }

    private static byte[] frame(FrameKind kind, byte[] payload) {
        return ByteBuffer.allocate(FrameKind.HEADER_BYTES + payload.length)
                .putLong(payload.length)
                .put(kind.number())
                .put(payload)
                .array();
    }

    /** Leaves half of the frames unchanged: their content is unusual enough. */
    private byte[] mutated(byte[] frame) {
        if (random.nextBoolean()) {
            return frame;
        }
        byte[] changed = frame.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            // Mostly behind the length: a wrong length would end nearly every input.
            int from = random.nextInt(8) == 0 ? 0 : FrameKind.HEADER_BYTES;
            if (changed.length > from) {
                changed[from + random.nextInt(changed.length - from)] = (byte) random.nextInt();
            }
        }
        return random.nextInt(20) == 0
                ? java.util.Arrays.copyOf(changed, random.nextInt(changed.length + 1))
                : changed;
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        channel.configureBlocking(true);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private void readOrClose(boolean close) throws IOException {
        channel.configureBlocking(false);
        int count;
        do {
            count = channel.read(drain.clear());
        } while (count > 0);
        if (close || count < 0) {
            channel.close();
        } else {
            channel.configureBlocking(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        membership.release();
        Files.deleteIfExists(address.client(id));
    }
}
