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
 * The owner words of a lane, seen from one end: the word of this end, which this process sets, and
 * the word of the other end, which names the other holder. {@link LaneOwner} draws the transitions.
 * Each is one compare-and-set, or one store by the holder, so a process that dies leaves the lane
 * before or after it, and never in between.
 */
final class LaneOwnership {

    private final Session session;
    private final ByteBuffer memory;
    private final int mine;
    private final int other;

    /** The owner word before this end was claimed, for {@link #letGo}. */
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

    /** True if the end is moving by this move, so that this process may claim it. */
    boolean isMovedBy(LaneHandle handle) {
        return isMove(Words.getVolatile(memory, mine), handle);
    }

    private static boolean isMove(long word, LaneHandle handle) {
        return LaneOwner.state(word) == LaneOwner.MOVING && LaneOwner.epoch(word) == handle.epoch();
    }

    /**
     * Makes this process the holder of an end that was moved; false if the end is not moving by
     * this move.
     */
    boolean claim(LaneHandle handle) {
        long word = Words.getVolatile(memory, mine);
        if (!isMove(word, handle)
                || !Words.compareAndSet(
                        memory, mine, word, LaneOwner.HELD.word(handle.epoch(), session.self()))) {
            return false;
        }
        before = word;
        return true;
    }

    /** Undoes a claim: the end is under way again, from the process that moved it. */
    void letGo(LaneHandle handle) {
        long held = LaneOwner.HELD.word(handle.epoch(), session.self());
        boolean unused = Words.compareAndSet(memory, mine, held, before);
    }

    /** Returns the epoch of the next move, which {@link #beginMove} begins. */
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

    /** Takes back an end that no process has attached to; false when one has. */
    boolean takeBack(LaneHandle handle) {
        long held = LaneOwner.HELD.word(handle.epoch(), session.self());
        return Words.compareAndSet(memory, mine, moving(handle), held);
    }

    /** Marks an end that moved from here as dead; false when a process has attached. */
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

    /** Gives the other end away after its holder was proven dead; returns the epoch of the move. */
    long renewOther() {
        long epoch = LaneOwner.epoch(otherWord()) + 1;
        Words.setVolatile(memory, other, LaneOwner.MOVING.word(epoch, session.self()));
        return epoch;
    }

    /** The owner word of the other end. */
    long otherWord() {
        return Words.getVolatile(memory, other);
    }

    /** True if an owner word names another process as the holder. */
    boolean isElsewhere(long word) {
        return LaneOwner.state(word) == LaneOwner.HELD && LaneOwner.member(word) != session.self();
    }

    /** True if the holder of the other end is dead, whatever state the end is in. */
    boolean isOtherHolderDead() throws IOException {
        return session.isDead(LaneOwner.member(otherWord()));
    }

    /** True while the other end has this owner word, and its holder is not dead. */
    boolean hasHolder(long word) throws IOException {
        return otherWord() == word && !session.isDead(LaneOwner.member(word));
    }

    /**
     * Returns the state of the other end's holder.
     *
     * @param probe whether to ask the kernel if the holder is dead
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
            // If it moved before its holder died, the next call sees its new state.
            return Words.compareAndSet(memory, other, word, dead)
                    ? PeerState.DEAD
                    : PeerState.PRESENT;
        }
        return PeerState.PRESENT;
    }

    /** Describes this end's owner word, for messages. */
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
     * Refuses the end of a lane of another session: this process could not detect the death of that
     * session's members. Marks the refused end as dead, so that its other end does not wait.
     *
     * @throws IOException if the lane is of another session; the message names the remedy
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
            if (isMove(word, handle)) {
                long dead = LaneOwner.DEAD.word(handle.epoch(), LaneOwner.member(word));
                boolean unused = Words.compareAndSet(memory, owner, word, dead);
            }
        } catch (IOException e) {
            // The lane is gone, or not this user's: its owner word cannot be changed.
        }
    }
}
