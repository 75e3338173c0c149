package dev.procession.core.lane;

import dev.procession.core.life.Session;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The owner words of a lane, seen from one end: this end's, which this process sets, and the other
 * one's, which tells whether its holder is there. {@link LaneOwner} draws the transitions; each is
 * one compare-and-set or one store by the holder, so a death leaves a lane before or after it.
 */
final class LaneOwnership {

    private final Session session;
    private final ByteBuffer memory;
    private final int mine;
    private final int other;

    /** What the owner word was when this end was claimed; for {@link #letGo}. */
    private long before;

    LaneOwnership(Session session, Segment segment, int end) {
        this.session = session;
        this.memory = segment.memory();
        this.mine = LaneLayout.owner(end);
        this.other = LaneLayout.owner(1 - end);
    }

    /** Makes this process the first holder. */
    void begin() {
        Words.setVolatile(memory, mine, LaneOwner.HELD.word(0, session.self()));
    }

    /** True if this process may take the end of this move. */
    boolean isMovedBy(LaneHandle handle) {
        long word = Words.getVolatile(memory, mine);
        return LaneOwner.state(word) == LaneOwner.MOVING && LaneOwner.epoch(word) == handle.epoch();
    }

    /** Makes this process the holder of an end that was moved; false if it is not moving so. */
    boolean claim(LaneHandle handle) {
        long word = Words.getVolatile(memory, mine);
        if (!isMovedBy(handle)
                || !Words.compareAndSet(
                        memory, mine, word, LaneOwner.HELD.word(handle.epoch(), session.self()))) {
            return false;
        }
        before = word;
        return true;
    }

    /** Undoes a claim: the end is under way again, from the same mover. */
    void letGo(LaneHandle handle) {
        long held = LaneOwner.HELD.word(handle.epoch(), session.self());
        boolean unused = Words.compareAndSet(memory, mine, held, before);
    }

    /** Counts one move more; the end is moving from {@link #beginMove} on. */
    long nextEpoch() {
        return LaneOwner.epoch(Words.getVolatile(memory, mine)) + 1;
    }

    /** Gives this end away. */
    void beginMove(long epoch) {
        Words.setVolatile(memory, mine, LaneOwner.MOVING.word(epoch, session.self()));
    }

    /** True while no process has attached to an end that moved from here. */
    boolean isUnderWay(LaneHandle handle) {
        return Words.getVolatile(memory, mine) == moving(handle);
    }

    /** Takes an end back that no process has attached to; false when one has. */
    boolean takeBack(LaneHandle handle) {
        long held = LaneOwner.HELD.word(handle.epoch(), session.self());
        return Words.compareAndSet(memory, mine, moving(handle), held);
    }

    /** Makes an end that moved from here a dead one; false when a process has attached. */
    boolean abandon(LaneHandle handle) {
        long dead = LaneOwner.DEAD.word(handle.epoch(), session.self());
        return Words.compareAndSet(memory, mine, moving(handle), dead);
    }

    private long moving(LaneHandle handle) {
        return LaneOwner.MOVING.word(handle.epoch(), session.self());
    }

    /** Closes this end. */
    void close() {
        long word = Words.getVolatile(memory, mine);
        long closed = LaneOwner.CLOSED.word(LaneOwner.epoch(word), session.self());
        Words.setVolatile(memory, mine, closed);
    }

    /** Gives the other end away, whose holder this process has proven dead; returns the epoch. */
    long renewOther() {
        long epoch = LaneOwner.epoch(otherWord()) + 1;
        Words.setVolatile(memory, other, LaneOwner.MOVING.word(epoch, session.self()));
        return epoch;
    }

    /** The owner word of the other end. */
    long otherWord() {
        return Words.getVolatile(memory, other);
    }

    /** True of an owner word that says: held by another process. */
    boolean isElsewhere(long word) {
        return LaneOwner.state(word) == LaneOwner.HELD && LaneOwner.member(word) != session.self();
    }

    /** True if the holder of the other end is dead, whatever state the end is in. */
    boolean isOtherHolderDead() throws IOException {
        return session.isDead(LaneOwner.member(otherWord()));
    }

    /** True while the other end has the holder of this owner word, and that one is not dead. */
    boolean hasHolder(long word) throws IOException {
        return otherWord() == word && !session.isDead(LaneOwner.member(word));
    }

    /**
     * Says whether the other end's holder is there.
     *
     * @param probe whether to ask the kernel about it
     */
    PeerState peerState(boolean probe) throws IOException {
        long word = otherWord();
        LaneOwner state = LaneOwner.state(word);
        if (state == LaneOwner.CLOSED) {
            return PeerState.CLOSED;
        }
        if (state == LaneOwner.DEAD) {
            return PeerState.DEAD;
        }
        long member = LaneOwner.member(word);
        if (probe && session.isDead(member)) {
            long dead = LaneOwner.DEAD.word(LaneOwner.epoch(word), member);
            return Words.compareAndSet(memory, other, word, dead)
                    ? PeerState.DEAD
                    : PeerState.PRESENT; // it moved on before its holder died; look again later
        }
        return PeerState.PRESENT;
    }

    /** This end's owner word in words, for messages. */
    String describe() {
        long word = Words.getVolatile(memory, mine);
        OptionalLong pid = session.pid(LaneOwner.member(word));
        return "state="
                + LaneOwner.state(word)
                + (pid.isPresent() ? ", pid=" + pid.getAsLong() : "")
                + ", member="
                + LaneOwner.member(word)
                + ", moves="
                + LaneOwner.epoch(word);
    }

    /**
     * Refuses the end of another session, whose members are not known here: no death of theirs
     * would be seen. Its other end learns that no process will attach.
     *
     * @throws IOException with the remedy
     */
    static void requireOfThis(Session session, LaneHandle handle) throws IOException {
        Path path = Path.of(handle.path());
        if (session.home().equals(path.getParent()) || session.spare().equals(path.getParent())) {
            return;
        }
        refuse(path, handle);
        throw new IOException(
                "the end of a pipe belongs to the processes of one program: path="
                        + path
                        + ", this program's="
                        + session.home()
                        + "; let the other program connect by Listener.connect");
    }

    private static void refuse(Path path, LaneHandle handle) {
        try {
            ByteBuffer memory = Segment.open(path, SegmentKind.LANE).memory();
            int owner = LaneLayout.owner(handle.end());
            long word = Words.getVolatile(memory, owner);
            if (LaneOwner.state(word) == LaneOwner.MOVING
                    && LaneOwner.epoch(word) == handle.epoch()) {
                long dead = LaneOwner.DEAD.word(handle.epoch(), LaneOwner.member(word));
                boolean unused = Words.compareAndSet(memory, owner, word, dead);
            }
        } catch (IOException e) {
            // The lane is gone, or not this user's: its other end cannot be told.
        }
    }
}
