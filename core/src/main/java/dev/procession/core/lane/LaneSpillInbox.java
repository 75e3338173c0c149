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
 * The spill files that one end of a lane receives; {@link LaneSpillOutbox} describes their records.
 * Files that the sender reuses stay mapped. Used under the receiver's lock.
 */
final class LaneSpillInbox {

    private final Session session;

    // At most as many as the sender keeps, so that no file is mapped twice; the oldest first.
    private final Map<Path, ByteBuffer> mapped = new LinkedHashMap<>();

    LaneSpillInbox(Session session) {
        this.session = session;
    }

    /** Returns a spill file's payload in a new array. */
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
     * Returns a spill file's payload for the thread that decodes it. A file that the sender keeps
     * is of bounded size and is read at once, because the sender will overwrite it. A file that the
     * sender gave away may be of any size: a large one is only opened. If the file cannot be read,
     * for lack of memory or descriptors, only its message fails.
     */
    Payload take(byte[] spillRecord) throws ProtocolException {
        long length = length(spillRecord);
        Path path = path(spillRecord);
        boolean kept = spillRecord[0] != LaneSpillOutbox.ONCE;
        if (kept && length > LaneSpillOutbox.MAX_BYTES) {
            throw new ProtocolException(
                    "a spill file that the sender keeps is too large: bytes=" + length);
        }
        try {
            return kept || length <= Payload.READ_AT_ONCE_BYTES
                    ? Payload.of(read(spillRecord))
                    : Payload.in(path, (int) length);
        } catch (IOException | RuntimeException | Error e) {
            return Payload.lost(e);
        }
    }

    /** Returns the length of the payload that a spill file's record states. */
    private static long length(byte[] spillRecord) throws ProtocolException {
        ByteBuffer in = ByteBuffer.wrap(spillRecord);
        int kind = spillRecord.length > LaneSpillOutbox.HEAD_BYTES ? in.get() : -1;
        if (kind < LaneSpillOutbox.ONCE || kind > LaneSpillOutbox.AGAIN) {
            throw new ProtocolException("not the record of a spill file: kind=" + kind);
        }
        long length = in.getLong();
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw new ProtocolException("not the length of a spill file: bytes=" + length);
        }
        return length;
    }

    /**
     * Returns a spill file's payload, in a buffer from its beginning to its limit. It is valid
     * until the message's record is released: then the sender may overwrite it, and the caller
     * calls {@link #done}.
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

    /**
     * Drops the mappings of files that the sender has removed, and the oldest ones beyond the
     * limit. A buffer in use keeps its memory.
     */
    private void forgetRemoved() {
        mapped.keySet().removeIf(path -> !Files.exists(path));
        while (mapped.size() >= LaneSpillOutbox.MOST_KEPT) {
            mapped.remove(mapped.keySet().iterator().next());
        }
    }

    /**
     * Removes a spill file if the reader has to: a file that the sender gave away, or one that was
     * kept by a sender whose end has moved since, because the next holder does not know the file.
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

    /** Drops all mappings: the sender that kept the files is dead. */
    void clear() {
        mapped.clear();
    }
}
