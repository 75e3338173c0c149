package dev.procession.manager.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Request.BodyCase;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of requests, against the messages themselves. */
class RequestsTest {

    private static final String WAIT = "wait_nanos";

    /** What a request that stores something carries. */
    private static final Set<String> STORED = Set.of("value", "values", "factory", "invocation");

    static List<FieldDescriptor> bodies() {
        Descriptor request = Request.getDescriptor();
        return request.getOneofs().stream()
                .filter(oneof -> oneof.getName().equals("body"))
                .findFirst()
                .orElseThrow()
                .getFields();
    }

    static Stream<FieldDescriptor> waitingBodies() {
        return bodies().stream()
                .filter(body -> body.getMessageType().findFieldByName(WAIT) != null);
    }

    private static Request request(FieldDescriptor body, long waitNanos) {
        Message.Builder content = Request.newBuilder().newBuilderForField(body);
        FieldDescriptor wait = body.getMessageType().findFieldByName(WAIT);
        if (wait != null) {
            content.setField(wait, waitNanos);
        }
        return Request.newBuilder().setField(body, content.build()).build();
    }

    @ParameterizedTest
    @EnumSource(BodyCase.class)
    void shouldHaveARowForEachRequest(BodyCase body) {
        assertThat(Requests.isKnown(body)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("waitingBodies")
    void shouldKnowHowLongARequestWaits(FieldDescriptor body) {
        assertThat(Requests.waitNanos(request(body, 5))).isEqualTo(5);
        assertThat(Requests.mayWait(request(body, -1))).isTrue();
        assertThat(Requests.mayWait(request(body, 0))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void shouldAskForRoomForWhatIsStored(FieldDescriptor body) {
        boolean stores =
                body.getMessageType().getFields().stream()
                        .anyMatch(field -> STORED.contains(field.getName()));
        assertThat(Requests.mayGrow(request(body, 0))).isEqualTo(stores);
    }

    @ParameterizedTest
    @MethodSource("waitingBodies")
    void shouldKeepTheAnswersOfRequestsThatWait(FieldDescriptor body) {
        assertThat(Requests.keepsAnswer(request(body, -1))).isTrue();
    }

    @Test
    void shouldKeepNoAnswersOfRequestsAboutTheStream() {
        assertThat(bodies().stream().map(body -> request(body, 0)).filter(Requests::isAboutStream))
                .hasSize(5)
                .noneMatch(Requests::keepsAnswer);
    }
}
