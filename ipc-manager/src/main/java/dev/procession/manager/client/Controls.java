package dev.procession.manager.client;

import dev.procession.manager.proto.Cancel;
import dev.procession.manager.proto.Goodbye;
import dev.procession.manager.proto.Received;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.StreamRequest;
import dev.procession.manager.proto.Withdraw;

/** Encodes the requests about the stream of requests itself. They have no number. */
final class Controls {

    private static final byte[] RECEIVED =
            encoded(StreamRequest.newBuilder().setOnlyReceived(Received.getDefaultInstance()));
    private static final byte[] GOODBYE =
            encoded(StreamRequest.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));

    private Controls() {}

    /** Asks the server to stop waiting for a request's sake. */
    static byte[] cancel(long seq) {
        return encoded(StreamRequest.newBuilder().setCancel(Cancel.newBuilder().setSeq(seq)));
    }

    /** Asks the server to take back a request whose caller has given up. */
    static byte[] withdraw(long seq) {
        return encoded(StreamRequest.newBuilder().setWithdraw(Withdraw.newBuilder().setSeq(seq)));
    }

    /** Only confirms answers. */
    static byte[] received() {
        return RECEIVED;
    }

    /** Gives back all that this client has. */
    static byte[] goodbye() {
        return GOODBYE;
    }

    private static byte[] encoded(StreamRequest.Builder request) {
        return Request.newBuilder().setStream(request).build().toByteArray();
    }
}
