package dev.procession.system.tool;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.procession.manager.proto.DictGetAll;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.wire.FrameKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
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

    /** The strings in requests are paths; none of these can be made. */
    private static final List<String> PATHS = List.of("", "a", "\0", "/dev/null/a", "/dev/null");

    private final RawClient client;
    private final Random random;
    private long seq;

    public HostileClient(Path directory, byte[] secret, Random random) throws IOException {
        this.client = new RawClient(directory, secret, random);
        this.random = random;
    }

    /** Sends one input, on a new connection if the server has closed the last one. */
    public void attack() throws IOException {
        try {
            if (client.isClosed()) {
                client.reconnect();
                if (random.nextInt(4) > 0) {
                    renew();
                    client.performHandshake(random.nextInt(3));
                } else {
                    byte[] hello = client.hello(random.nextInt(3)).toByteArray();
                    client.write(mutated(RawClient.frame(FrameKind.HELLO, hello)));
                    readOrClose(random.nextBoolean());
                    return;
                }
            }
            Request request = random.nextInt(8) == 0 ? inflated(request()) : request();
            client.write(mutated(RawClient.frame(FrameKind.REQUEST, request.toByteArray())));
            readOrClose(random.nextInt(50) == 0);
            if (random.nextInt(10) == 0) { // the server may ignore what this client sends now
                client.cut();
            }
        } catch (IOException e) {
            client.cut(); // the server has closed the connection, as it should
        }
    }

    /**
     * Mostly becomes another client. A frame may have had so high a number that the server ignores
     * all later ones of the session; or it was a GOODBYE, and the server has removed the life file,
     * and would refuse every handshake from now on.
     */
    private void renew() throws IOException {
        if (client.isGone() || random.nextInt(4) > 0) {
            client.renew();
            seq = 0;
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
            boolean message = body.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            content.setField(
                    body, message ? filled(content.newBuilderForField(body)) : content(body));
        }
        return request.setField(group, content.build()).build();
    }

    /** Adds what the server must not decode: fields that no request has, or very many values. */
    private Request inflated(Request request) {
        int count = random.nextInt(3) == 0 ? 200_000 : random.nextInt(10_000);
        if (random.nextBoolean()) {
            ByteString value = client.bytes(random.nextInt(2));
            DictGetAll many =
                    DictGetAll.newBuilder().addAllKeys(Collections.nCopies(count, value)).build();
            return request.toBuilder().setDict(DictRequest.newBuilder().setGetAll(many)).build();
        }
        UnknownFieldSet.Field.Builder unknown = UnknownFieldSet.Field.newBuilder();
        for (int i = 0; i < count; i++) {
            unknown.addVarint(i);
        }
        int number = 1 + random.nextInt(1000);
        return request.toBuilder()
                .setUnknownFields(
                        UnknownFieldSet.newBuilder().addField(number, unknown.build()).build())
                .build();
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
            return client.bytes(
                    random.nextInt(2) == 0 ? 0 : random.nextInt(64)); // some keys are equal
        }
        if (field.getJavaType() == FieldDescriptor.JavaType.BOOLEAN) {
            return random.nextBoolean();
        }
        if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
            return PATHS.get(random.nextInt(PATHS.size()));
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

    private void readOrClose(boolean close) throws IOException {
        if (!client.drain() || close) {
            client.cut();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
