package dev.procession.core.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameLink;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks a child for the stack of the thread that does its work. One request at a time is under way,
 * which all who ask share: a child that is stopped for hours must not be sent one for each.
 *
 * <p>This object itself guards the request; futures are completed without the lock, by the link
 * server's thread, which reads no more of an answer than its number.
 */
final class StackRequests {

    @GuardedBy("this")
    private long number;

    @GuardedBy("this")
    private @Nullable CompletableFuture<byte[]> underWay;

    /** Returns the future of the answer; see {@link ChildJvm#requestStack}. */
    CompletableFuture<byte[]> ask(FrameLink link) {
        CompletableFuture<byte[]> mine = new CompletableFuture<>();
        long mineNumber;
        synchronized (this) {
            CompletableFuture<byte[]> shared = underWay;
            if (shared != null) {
                return shared;
            }
            underWay = mine;
            mineNumber = ++number;
        }
        byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(mineNumber).array();
        if (!link.send(new Frame(FrameType.STACK_WANTED, payload))) {
            linkEnded();
        }
        return mine;
    }

    /** The child has answered. */
    void answered(byte[] payload) throws ProtocolException {
        CompletableFuture<byte[]> asked;
        synchronized (this) {
            asked = underWay;
            boolean fits =
                    payload.length > Long.BYTES && ByteBuffer.wrap(payload).getLong() == number;
            if (asked == null || !fits) {
                throw new ProtocolException(
                        "a child sent a stack that it was not asked for: bytes=" + payload.length);
            }
            underWay = null;
        }
        asked.complete(Arrays.copyOfRange(payload, Long.BYTES, payload.length));
    }

    /** There will be no answer any more. */
    void linkEnded() {
        CompletableFuture<byte[]> asked;
        synchronized (this) {
            asked = underWay;
            underWay = null;
        }
        if (asked != null) {
            asked.completeExceptionally(new IOException("the process has ended, or is ending"));
        }
    }
}
