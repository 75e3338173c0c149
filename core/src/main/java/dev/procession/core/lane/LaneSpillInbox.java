package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.Words;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The spill files that one end of a lane receives; {@link SpillRecord} describes their records.
 * Files that the sender reuses stay mapped. Used under the receiver's lock.
 */
final class LaneSpillInbox {

    private final Session session;
    private final Segment segment;
    private final int sender;

    // At least as many as a sender keeps, so that no file is mapped twice; the oldest first.
    private final Map<Path, ByteBuffer> mapped = new LinkedHashMap<>();

    /**
     * Receives what an end sends.
     *
     * @param sender the other end
     */
    LaneSpillInbox(Session session, Segment segment, int sender) {
        this.session = session;
        this.segment = segment;
        this.sender = sender;
    }

    /**
     * Returns a spill file's payload for the thread that decodes it, which may be another one and
     * come later. A file that is mapped stays where it is. Another one is read at once if it is
     * small, else only opened. If the file cannot be read, for lack of memory or descriptors, only
     * its message fails.
     */
    Payload take(SpillRecord spill) throws IOException {
        Path path = path(spill);
        Runnable finish = finish(spill);
        try {
            if (spill.isReused()) {
                return Payload.mapped(map(path, spill.length()), finish);
            }
            if (spill.length() > Payload.READ_AT_ONCE_BYTES) {
                return Payload.in(path, spill.length(), finish);
            }
            byte[] bytes = LaneSpills.read(path, spill.length());
            finish.run();
            return Payload.of(bytes);
        } catch (StackOverflowError e) { // of this thread; another one may read the file
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            finish.run();
            return Payload.lost(e);
        }
    }

    /** Returns what reports to the sender that the file was read; any thread may run it, once. */
    private Runnable finish(SpillRecord spill) {
        if (spill.kind() != SpillRecord.Kind.KEPT) {
            return () -> {};
        }
        ByteBuffer memory = segment.memory();
        int word = LaneLayout.spillWord(sender, spill.slot());
        long ticket = spill.ticket();
        return () -> Words.setRelease(memory, word, ticket);
    }

    /**
     * Returns a spill file's payload, in a buffer from its beginning to its limit. It is valid
     * until {@link #done}.
     */
    ByteBuffer open(SpillRecord spill) throws IOException {
        Path path = path(spill);
        return spill.isReused()
                ? map(path, spill.length())
                : ByteBuffer.wrap(LaneSpills.read(path, spill.length()));
    }

    /** Returns a spill file's payload in a new array. */
    byte[] read(SpillRecord spill) throws IOException {
        Path path = path(spill);
        if (!spill.isReused()) {
            return LaneSpills.read(path, spill.length());
        }
        byte[] copy = new byte[spill.length()];
        map(path, spill.length()).get(copy);
        return copy;
    }

    private ByteBuffer map(Path path, int length) throws IOException {
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
        return memory.slice(0, length);
    }

    /**
     * Drops the mappings of files that the sender has removed, and the oldest ones beyond the
     * limit. A buffer in use keeps its memory.
     */
    private void forgetRemoved() {
        mapped.keySet().removeIf(path -> !Files.exists(path));
        while (mapped.size() >= LentSpillFiles.MOST_FREE) {
            mapped.remove(mapped.keySet().iterator().next());
        }
    }

    /** The receiver has read what {@link #open} returned. */
    void done(SpillRecord spill, long senderWord) throws IOException {
        finish(spill).run();
        consumed(spill, senderWord);
    }

    /**
     * Removes a spill file if the reader has to: a file that the sender gave away, or one that was
     * kept by a sender whose end has moved since, because the next holder does not know the file.
     * Who has the file open or mapped can still read it.
     *
     * @param senderWord the owner word of the other end, read after the record was released
     */
    void consumed(SpillRecord spill, long senderWord) throws IOException {
        if (spill.kind() == SpillRecord.Kind.ONCE) {
            LaneSpills.discard(path(spill));
        } else if (spill.kind() == SpillRecord.Kind.KEPT
                && LaneOwner.epoch(senderWord) > 0
                && LaneOwner.state(senderWord) == LaneOwner.HELD) {
            Path path = path(spill);
            if (LaneSpills.writer(path) != LaneOwner.member(senderWord)) {
                mapped.remove(path);
                LaneSpills.discard(path);
            }
        }
    }

    private Path path(SpillRecord spill) throws IOException {
        return LaneSpills.require(session, spill.path());
    }

    /** Drops all mappings: the sender that kept the files is dead. */
    void clear() {
        mapped.clear();
    }
}
