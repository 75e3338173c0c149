package dev.procession.pipe;

import dev.procession.core.lane.MessageEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message of which perhaps a part was consumed already. Guarded by the inbox's lock. */
final class IncomingMessage {

    /** What the JVM allows for an array. */
    static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

    private final MessageKind kind;
    private final long total;
    private long got;
    private boolean begun;
    private byte @Nullable [] own;
    private @Nullable ByteBuffer borrowed;

    IncomingMessage(MessageKind kind, long total) {
        this.kind = kind;
        this.total = total;
    }

    /** One that travelled with the end. */
    static IncomingMessage of(PartialMessage partial) {
        IncomingMessage message = new IncomingMessage(partial.kind(), partial.total());
        byte[] bytes = Arrays.copyOf(partial.bytes(), (int) partial.total());
        message.own = bytes;
        message.got = partial.bytes().length;
        message.begun = true;
        return message;
    }

    MessageKind kind() {
        return kind;
    }

    long total() {
        return total;
    }

    long got() {
        return got;
    }

    /** True once a part was consumed. */
    boolean isBegun() {
        return begun;
    }

    boolean isWhole() {
        return begun && got == total;
    }

    /** Puts the parts straight into the user's buffer, if none was consumed yet. */
    void borrow(ByteBuffer into) {
        if (!begun) {
            borrowed = into;
        }
    }

    /** Consumes the part that the end has found. */
    void absorb(MessageEnd end) throws IOException {
        int bytes = end.payloadBytes();
        if (bytes > total - got) {
            throw new IOException("the message is longer than it said: bytes=" + total);
        }
        ByteBuffer into = borrowed;
        if (into != null) {
            end.copyPayload(into, into.position() + (int) got);
        } else if (bytes > 0) {
            end.copyPayload(ByteBuffer.wrap(array()), (int) got);
        }
        got += bytes; // before the release: a failing one has consumed it
        begun = true;
        end.release();
    }

    private byte[] array() {
        byte[] array = own;
        if (array == null) {
            array = new byte[(int) total];
            own = array;
        }
        return array;
    }

    /** Counts a part that somebody else has taken. */
    void passed(int bytes) {
        got += bytes;
        begun = true;
    }

    /** The user's buffer is the user's again; what it has got is kept here. */
    void giveBack() {
        ByteBuffer into = borrowed;
        if (into != null) {
            borrowed = null;
            if (begun) {
                into.get(into.position(), array(), 0, (int) got);
            }
        }
    }

    /** The whole message, for one who did not lend a buffer. */
    byte[] bytes() {
        return array();
    }

    /** Moves the buffer's position behind the message, which may have to be put there first. */
    void finish(ByteBuffer into) {
        if (borrowed != null) {
            into.position(into.position() + (int) total);
        } else {
            into.put(array());
        }
    }

    /** What travels when the end moves; null when nothing was consumed. */
    @Nullable PartialMessage partial() {
        return begun ? new PartialMessage(kind, total, Arrays.copyOf(array(), (int) got)) : null;
    }
}
