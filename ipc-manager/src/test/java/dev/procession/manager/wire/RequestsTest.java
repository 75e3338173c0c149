package dev.procession.manager.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.procession.manager.proto.Request;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of requests, against the messages themselves. */
class RequestsTest {

    private static final String WAIT = "wait_nanos";

    /** What a request that stores something carries. */
    private static final Set<String> STORED = Set.of("value", "values", "factory", "invocation");

    /** A request's group in the envelope, and its body in the group. */
    record Body(FieldDescriptor group, FieldDescriptor body) {

        boolean has(String field) {
            return body.getMessageType().findFieldByName(field) != null;
        }

        Request request(long waitNanos) {
            Message.Builder outer = Request.newBuilder().newBuilderForField(group);
            Message.Builder inner = outer.newBuilderForField(body);
            if (has(WAIT)) {
                inner.setField(body.getMessageType().findFieldByName(WAIT), waitNanos);
            }
            return Request.newBuilder()
                    .setField(group, outer.setField(body, inner.build()).build())
                    .build();
        }

        @Override
        public String toString() {
            return group.getName() + "." + body.getName();
        }
    }

    private static List<FieldDescriptor> oneof(Descriptor message) {
        return message.getOneofs().stream()
                .filter(oneof -> oneof.getName().equals("body"))
                .flatMap(oneof -> oneof.getFields().stream())
                .toList();
    }

    static Stream<Body> bodies() {
        return oneof(Request.getDescriptor()).stream()
                .flatMap(
                        group ->
                                oneof(group.getMessageType()).stream()
                                        .map(body -> new Body(group, body)));
    }

    static Stream<Body> waitingBodies() {
        return bodies().filter(body -> body.has(WAIT));
    }

    @ParameterizedTest
    @MethodSource("waitingBodies")
    void shouldKnowHowLongARequestWaits(Body body) {
        assertThat(Requests.waitNanos(body.request(5))).isEqualTo(5);
        assertThat(Requests.isPrompt(body.request(-1))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void shouldAskForRoomForWhatIsStored(Body body) {
        // A watch keeps its key; the end of an entry takes memory, too.
        boolean takes = Set.of("watch_begin", "touch").contains(body.body().getName());
        boolean stores = takes || STORED.stream().anyMatch(body::has);
        assertThat(Requests.mayGrow(body.request(0))).isEqualTo(stores);
    }

    @Test
    void shouldKnowTheRequestsAboutTheStream() {
        assertThat(bodies().map(body -> body.request(0)).filter(Requests::isAboutStream))
                .hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void shouldNameEachRequest(Body body) {
        assertThat(Requests.name(body.request(0))).isEqualToIgnoringCase(body.toString());
    }
}
