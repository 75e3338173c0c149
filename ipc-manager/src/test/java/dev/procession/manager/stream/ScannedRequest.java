package dev.procession.manager.stream;

import dev.procession.core.link.ProtocolException;
import dev.procession.manager.proto.Request;
import io.netty.buffer.Unpooled;

/** Requests as the server has them that were in a frame. */
public final class ScannedRequest {

    private ScannedRequest() {}

    public static ReceivedRequest of(Request request) {
        RequestScan scan = new RequestScan(Long.MAX_VALUE);
        try {
            scan.scan(Unpooled.wrappedBuffer(request.toByteArray()));
        } catch (ProtocolException e) {
            throw new AssertionError("the request is one of the protocol's", e);
        }
        return new ReceivedRequest(request, scan.bytes(), scan.refusal());
    }
}
