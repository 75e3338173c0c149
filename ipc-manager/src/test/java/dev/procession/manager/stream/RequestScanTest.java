package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.procession.core.link.ProtocolException;
import dev.procession.manager.proto.DictGetAll;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictPutAll;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.LeaseDone;
import dev.procession.manager.proto.ListAdd;
import dev.procession.manager.proto.ListRequest;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import dev.procession.manager.stream.RequestShape.Field;
import dev.procession.manager.wire.Bulk;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a request would take is known before it is decoded. */
class RequestScanTest {

    private static final long MAX_BYTES = 8 << 20;

    private final RequestScan scan = new RequestScan(MAX_BYTES);

    private void scan(byte[] request) throws ProtocolException {
        scan.scan(Unpooled.wrappedBuffer(request));
    }

    private static Request.Builder request() {
        return Request.newBuilder().setSeq(7).setReceived(3).setName("n");
    }

    private static ByteString bytes(int count) {
        return ByteString.copyFrom(new byte[count]);
    }

    private static Request put(int bytes) {
        DictPut put = DictPut.newBuilder().setKey(bytes(8)).setValue(bytes(bytes)).build();
        return request().setKind(Kind.DICT).setDict(DictRequest.newBuilder().setPut(put)).build();
    }

    private static Request putAll(int count, int bytes) {
        DictPutAll put =
                DictPutAll.newBuilder()
                        .addAllKeys(Collections.nCopies(count, bytes(bytes)))
                        .addAllValues(Collections.nCopies(count, bytes(bytes)))
                        .build();
        return request().setDict(DictRequest.newBuilder().setPutAll(put)).build();
    }

    private static Request add(int count, int bytes) {
        ListAdd add =
                ListAdd.newBuilder().addAllValues(Collections.nCopies(count, bytes(bytes))).build();
        return request().setList(ListRequest.newBuilder().setAdd(add)).build();
    }

    private static Request leases(int count) {
        LeaseDone done =
                LeaseDone.newBuilder().addAllElements(Collections.nCopies(count, 1L << 51)).build();
        return request().setQueue(QueueRequest.newBuilder().setLeaseDone(done)).build();
    }

    @Test
    void shouldKnowAllFieldsOfTheProtocol() {
        assertSame(RequestShape.REQUEST, Request.getDescriptor());
    }

    private static void assertSame(RequestShape shape, Descriptor message) {
        for (int number = 1; number <= RequestShape.MAX_FIELD; number++) {
            FieldDescriptor field = message.findFieldByNumber(number);
            assertThat(shape.field(number))
                    .as("field %d of %s", number, message.getName())
                    .isEqualTo(field == null ? null : expected(field));
            if (field != null && field.getType() == FieldDescriptor.Type.MESSAGE) {
                assertSame(shape.message(number), field.getMessageType());
            }
        }
        assertThat(message.getFields())
                .allMatch(field -> field.getNumber() <= RequestShape.MAX_FIELD);
    }

    private static Field expected(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> Field.MESSAGE;
            case STRING -> Field.TEXT;
            case BYTES -> field.isRepeated() ? Field.VALUES : Field.BYTES;
            case UINT64, SINT64, BOOL, ENUM -> field.isPacked() ? Field.NUMBERS : Field.NUMBER;
            default -> throw new AssertionError("the scan has no such type: " + field.getType());
        };
    }

    @Test
    void shouldReadTheNumbersOfARequest() throws Exception {
        scan(put(10).toByteArray());
        assertThat(scan.seq()).isEqualTo(7);
        assertThat(scan.received()).isEqualTo(3);
        assertThat(scan.refusal()).isNull();
        scan(Request.newBuilder().setSeq(-1).build().toByteArray());
        assertThat(scan.seq()).isEqualTo(-1);
        assertThat(scan.received()).isZero();
    }

    @Test
    void shouldRefuseManySmallValuesByTheirMemory() throws Exception {
        byte[] many = add(200_000, 1).toByteArray();
        assertThat(many.length).isLessThan((int) MAX_BYTES / 10);
        scan(many);
        assertThat(scan.refusal()).contains("too much memory").contains("limit=" + MAX_BYTES);
        assertThat(scan.bytes()).isBetween(MAX_BYTES, MAX_BYTES + 100);
        scan(add(100_000, 1).toByteArray());
        assertThat(scan.refusal()).isNull();
    }

    @Test
    void shouldRefuseTooManyEntriesAndStillReadTheNumbersBehindThem() throws Exception {
        scan(putAll(Bulk.MAX_ENTRIES, 1).toByteArray());
        assertThat(scan.refusal()).isNull();
        scan(leases(Bulk.MAX_ENTRIES).toByteArray());
        assertThat(scan.refusal()).isNull();
        scan(leases(Bulk.MAX_ENTRIES + 1).toByteArray());
        assertThat(scan.refusal()).contains("too many entries").contains("limit=4096");
        byte[] many = putAll(Bulk.MAX_ENTRIES + 1, 1).toBuilder().clearSeq().build().toByteArray();
        scan(joined(many, Request.newBuilder().setSeq(9).build().toByteArray()));
        assertThat(scan.refusal()).contains("too many entries").contains("limit=4096");
        assertThat(scan.seq()).isEqualTo(9);
        assertThat(scan.received()).isEqualTo(3);
    }

    private static byte[] joined(byte[] first, byte[] second) throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(first);
        both.write(second);
        return both.toByteArray();
    }

    @Test
    void shouldRejectUnknownFieldsWhereverTheyAre() {
        UnknownFieldSet unknown =
                UnknownFieldSet.newBuilder()
                        .addField(63, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build();
        DictGetAll inner = DictGetAll.newBuilder().setUnknownFields(unknown).build();
        for (Request request :
                List.of(
                        request().setUnknownFields(unknown).build(),
                        request()
                                .setDict(DictRequest.newBuilder().setUnknownFields(unknown))
                                .build(),
                        request().setDict(DictRequest.newBuilder().setGetAll(inner)).build())) {
            assertThatThrownBy(() -> scan(request.toByteArray()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("unknown field: number=63");
        }
    }

    @Test
    void shouldRejectAFieldOfAnotherTypeAndAFieldTwice() throws Exception {
        assertThatThrownBy(() -> scan(new byte[] {(byte) (4 << 3), 1})) // the name as a number
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("unknown field: number=4");
        byte[] put = put(1).toByteArray();
        assertThatThrownBy(() -> scan(joined(put, put)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("twice: number=1");
        byte[] name = new byte[12];
        CodedOutputStream out = CodedOutputStream.newInstance(name);
        out.writeByteArray(4, new byte[4]);
        out.writeByteArray(4, new byte[4]);
        assertThatThrownBy(() -> scan(name)).hasMessageContaining("twice: number=4");
    }

    /** Cut at any byte it is malformed, or what is decoded is what was scanned. */
    @Test
    void shouldAcceptNoRequestThatCannotBeDecoded() throws Exception {
        for (Request whole : List.of(put(20), putAll(3, 2), leases(3), add(3, 0))) {
            byte[] bytes = whole.toByteArray();
            int accepted = 0;
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = java.util.Arrays.copyOf(bytes, length);
                try {
                    scan(cut);
                    assertThat(Request.parseFrom(cut).getSeq()).isEqualTo(scan.seq());
                    accepted++;
                } catch (ProtocolException malformed) {
                    assertThatThrownBy(() -> Request.parseFrom(cut))
                            .isInstanceOf(InvalidProtocolBufferException.class);
                }
            }
            assertThat(accepted).isLessThan(6); // only where a field of the request ends
        }
    }

    /** Holds decoded requests, and compares what they take with what was counted. */
    @Test
    void shouldCountWhatADecodedRequestTakes() throws Exception {
        for (Request each :
                List.of(
                        put(20),
                        put(100_000),
                        putAll(4000, 1),
                        putAll(400, 100),
                        add(10_000, 1),
                        add(10_000, 40),
                        leases(4000))) {
            byte[] bytes = each.toByteArray();
            scan(bytes);
            int count = (int) Math.min(60_000, (32 << 20) / scan.bytes());
            long before = used();
            List<Request> held = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                held.add(Request.parseFrom(bytes));
            }
            double real = (double) (used() - before) / count;
            assertThat(held).hasSize(count);
            assertThat((double) scan.bytes())
                    .as("%s of %d bytes takes %.0f", each.getBodyCase(), bytes.length, real)
                    .isBetween(0.8 * real, 2.5 * real);
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
