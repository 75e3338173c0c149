package dev.procession.manager.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.procession.manager.client.PendingCalls.Call;
import dev.procession.manager.proto.QueueOffer;
import dev.procession.manager.proto.QueueRequest;
import dev.procession.manager.proto.Request;
import org.junit.jupiter.api.Test;

class PendingCallsTest {

    private static final long ANSWER_BYTES = 10;

    private final PendingCalls calls = new PendingCalls(16);

    private boolean add() {
        return calls.add(
                Request.newBuilder()
                        .setQueue(
                                QueueRequest.newBuilder()
                                        .setOffer(QueueOffer.getDefaultInstance())),
                new Reply<>(AnswerHelp.NONE, null));
    }

    private Call next() {
        Call call = calls.next();
        assertNotNull(call);
        return call;
    }

    @Test
    void shouldNotSendAgainCallsThatWereAnsweredMeanwhile() {
        boolean unused = add();
        assertEquals(1, next().request().getSeq());
        calls.sendAgain();
        assertNotNull(calls.answered(1, ANSWER_BYTES)); // on the new connection, at once

        assertEquals(false, calls.hasUnsent());
        assertNull(calls.next());
        assertEquals(true, add(), "no call is in flight");
        assertEquals(2, next().request().getSeq());
    }

    @Test
    void shouldConfirmByAnotherCallTheAnswersThatACallPutBackConfirmed() {
        for (int i = 0; i < 2; i++) {
            boolean unused = add();
        }
        Call first = next();
        Call second = next();
        assertNotNull(calls.answered(first.request().getSeq(), ANSWER_BYTES));
        calls.putBack(second);
        assertEquals(true, calls.hasToConfirm());
    }
}
