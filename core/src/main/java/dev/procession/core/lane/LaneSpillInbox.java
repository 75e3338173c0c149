package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.link.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The spill files that come to one end of a lane; {@link LaneSpillOutbox} says what their records
 * mean. Those that come again and again stay mapped. Used under the receiver's lock.
 */
final class LaneSpillInbox {

    private final Session session;

    // As many as the sender keeps at once, so that none is mapped twice; the oldest first.
    private final Map<Path, ByteBuffer> mapped = new LinkedHashMap<>();

    LaneSpillInbox(Session session) {
        this.session = session;
    }

    /** A spill file's payload in an array of its own. */
    byte[] read(byte[] spillRecord) throws IOException {
        ByteBuffer payload = open(spillRecord);
        if (payload.hasArray() && payload.arrayOffset() == 0) {
            return payload.array();
        }
        byte[] copy = new byte[payload.limit()];
        payload.get(0, copy);
        return copy;
    }

    /**
     * A spill file's payload for whoever decodes it. What the sender keeps is bounded and read at
     * once, for it writes over that; what it gives away may be of any size, and is only opened.
     * That it cannot be read, for want of memory or a descriptor, is the failure of its message
     * alone.
     */
    Payload take(byte[] spillRecord) throws ProtocolException {
        long length = length(spillRecord);
        Path path = path(spillRecord);
        boolean kept = spillRecord[0] != LaneSpillOutbox.ONCE;
        if (kept && length > LaneSpillOutbox.MAX_BYTES) {
            throw new ProtocolException("no sender keeps so large a spill: bytes=" + length);
        }
        try {
            return kept || length <= Payload.READ_AT_ONCE_BYTES
                    ? Payload.of(read(spillRecord))
                    : Payload.in(path, (int) length);
        } catch (IOException | RuntimeException | Error e) {
            return Payload.lost(e);
        }
    }

    /** The length of the payload that a spill file's record names. */
    private static long length(byte[] spillRecord) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(spillRecord);
        int kind = spillRecord.length > LaneSpillOutbox.HEAD_BYTES ? in.get() : -1;
        if (kind < LaneSpillOutbox.ONCE || kind > LaneSpillOutbox.AGAIN) {
            throw new ProtocolException("not the record of a spill: kind=" + kind);
        }
        long length = in.getLong();
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw new ProtocolException("not the length of a spill: bytes=" + length);
        }
        return length;
    }

    /**
     * A spill file's payload, from the beginning of a buffer to its limit; the sender may write
     * over it when the message counts as received. {@link #done} is to follow then.
     */
    ByteBuffer open(byte[] spillRecord) throws IOException {
        long length = length(spillRecord);
        Path path = path(spillRecord);
        if (spillRecord[0] != LaneSpillOutbox.AGAIN) {
            return ByteBuffer.wrap(LaneSpills.read(path, (int) length));
        }
        ByteBuffer memory = mapped.get(path);
        if (memory == null) {
            memory = LaneSpills.map(path);
            forgetRemoved();
            mapped.put(path, memory);
        }
        if (memory.capacity() < length) {
            throw new EOFException(
                    "a spill file is not whole: path=" + path + ", expected=" + length);
        }
        return memory.limit((int) length);
    }

    /** The sender has others in their place; their memory lasts as long as it is mapped. */
    private void forgetRemoved() {
        mapped.keySet().removeIf(path -> !Files.exists(path));
        while (mapped.size() >= LaneSpillOutbox.MOST_KEPT) {
            mapped.remove(mapped.keySet().iterator().next());
        }
    }

    /**
     * Removes a spill file if that is for the reader to do: also one that was kept by a sender
     * whose end has moved on since, for its next holder knows nothing of it.
     *
     * @param sender the owner word of the other end, read after the record was released
     */
    void done(byte[] spillRecord, long sender) throws IOException {
        if (spillRecord[0] == LaneSpillOutbox.ONCE) {
            LaneSpills.discard(path(spillRecord));
        } else if (LaneOwner.epoch(sender) > 0 && LaneOwner.state(sender) == LaneOwner.HELD) {
            Path path = path(spillRecord);
            if (LaneSpills.writer(path) != LaneOwner.member(sender)) {
                mapped.remove(path);
                LaneSpills.discard(path);
            }
        }
    }

    private Path path(byte[] spillRecord) throws ProtocolException {
        int start = LaneSpillOutbox.HEAD_BYTES;
        String name =
                new String(spillRecord, start, spillRecord.length - start, StandardCharsets.UTF_8);
        return LaneSpills.require(session, name);
    }

    /** Forgets what a dead sender kept. */
    void clear() {
        mapped.clear();
    }
}
