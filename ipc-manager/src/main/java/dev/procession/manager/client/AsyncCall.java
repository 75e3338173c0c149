package dev.procession.manager.client;

import static java.util.Objects.requireNonNull;

import dev.procession.manager.proto.Response;
import java.util.function.Function;
import java.util.function.Supplier;

/** A call whose answer completes a future. */
final class AsyncCall<T> extends PendingCall {

    private final Reply<T> reply;
    private final Function<Answer, T> decoder;

    AsyncCall(byte[] body, boolean prompt, FutureHelp help, Function<Answer, T> decoder) {
        super(body, prompt);
        this.decoder = decoder;
        this.reply = new Reply<>(help, this);
    }

    Reply<T> reply() {
        return reply;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // anything that decoding throws is the future's failure
    void handOver() {
        try {
            Supplier<RuntimeException> reason = failure();
            if (reason != null) {
                reply.failed(reason.get());
            } else {
                Answer answer = requireNonNull(answer());
                Response unused = CallStatus.checked(answer.response());
                reply.answered(decoder.apply(answer));
            }
        } catch (Throwable failure) {
            reply.failed(failure);
        }
    }

    @Override
    boolean runsActions() {
        return true;
    }
}
