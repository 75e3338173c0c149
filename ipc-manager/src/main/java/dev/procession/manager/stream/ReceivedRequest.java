package dev.procession.manager.stream;

import dev.procession.manager.proto.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came.
 *
 * @param request decoded; with its number alone if it is refused
 * @param bytes what it takes of the heap while it is not answered
 * @param refusal why it is not carried out; null if it is
 */
public record ReceivedRequest(Request request, long bytes, @Nullable String refusal) {

    long seq() {
        return request.getSeq();
    }
}
