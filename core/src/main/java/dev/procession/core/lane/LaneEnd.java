package dev.procession.core.lane;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.link.Hello;
import dev.procession.core.link.LinkServer;
import dev.procession.core.link.Links;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One end of a lane: messages of bytes to the other end and from it, through shared memory, with a
 * socket as doorbell.
 *
 * <p>An end belongs to one process at a time, as its owner word says, and can move to another
 * ({@link #move}, {@link #attach}); messages under way stay where they are, in the rings. One
 * thread at a time may {@link #offer}, and one at a time {@link #poll}; the callers above have the
 * locks. What the other end committed before it closed or died can still be received; then {@link
 * #peerState} says which of the two happened.
 */
public final class LaneEnd implements MessageEnd {

    /** Whether this end may be used here. */
    private enum Use {
        OPEN,
        MOVED,
        CLOSED
    }

    private final Session session;
    private final Segment segment;
    private final long id;
    private final int end;
    private final Doorbell doorbell = new Doorbell();
    private final LocalEnds.LocalEnd local;
    private final LaneOwnership ownership;
    private final LaneSender sender;
    private final LaneReceiver receiver;
    private final LaneWait receiving = new LaneWait(this, true);
    private final LaneWait sending = new LaneWait(this, false);
    private volatile Use use = Use.OPEN;

    private LaneEnd(Session session, Segment segment, long id, int end) {
        this.session = session;
        this.segment = segment;
        this.id = id;
        this.end = end;
        this.local = new LocalEnds.LocalEnd(segment, doorbell);
        this.ownership = new LaneOwnership(session, segment, end);
        this.sender = new LaneSender(session, segment, id, end);
        this.receiver =
                new LaneReceiver(session, segment, 1 - end, ownership::otherWord, this::wakePeer);
    }

    /**
     * Makes a lane with both ends in this process.
     *
     * @param capacity bytes of each ring, a power of two
     */
    public static LaneEnd[] createPair(int capacity) throws IOException {
        Session session = Session.current();
        long name = session.newName();
        Segment segment =
                session.createSegment(
                        DirectoryLayout.lane(session.self(), name),
                        SegmentKind.LANE,
                        LaneLayout.segmentBytes(capacity));
        long id = DirectoryLayout.laneId(session.self(), name);
        LaneEnd[] pair = new LaneEnd[2];
        for (int end = 0; end < 2; end++) {
            pair[end] = new LaneEnd(session, segment, id, end);
            pair[end].ownership.begin();
            pair[end].register();
        }
        return pair;
    }

    /**
     * Becomes the holder of an end that was moved. This process listens from now on, for the other
     * end may move later, and its next holder connects to this one.
     *
     * <p>Waits a moment for the doorbell. It comes later if the other holder stands still, or if
     * the calling thread is interrupted, whose flag stays set.
     *
     * @throws LaneEndedException if another process has it, or it was closed
     */
    public static LaneEnd attach(LaneHandle handle) throws IOException {
        LinkServer.current();
        LaneEnd end = claim(handle);
        try {
            OutgoingBell bell = end.startBell();
            if (bell != null) {
                bell.awaitBriefly();
            }
        } catch (IOException | RuntimeException e) {
            end.letGo(handle);
            throw e;
        }
        return end;
    }

    /**
     * Becomes the holder of an end that was moved, without a doorbell yet: {@link #connectBell} is
     * to follow, by any thread. Until then the holders sleep in short steps.
     *
     * @throws LaneEndedException if another process has it, or it was closed
     */
    public static LaneEnd claim(LaneHandle handle) throws IOException {
        Session session = Session.current();
        LaneOwnership.requireOfThis(session, handle);
        LaneEnd end = new LaneEnd(session, openSegment(handle), handle.id(), handle.end());
        // Before the registration, which would take the place of a holder in this JVM.
        if (!end.ownership.isMovedBy(handle)) {
            throw end.notMine();
        }
        end.register();
        if (!end.ownership.claim(handle)) {
            end.unregister();
            throw end.notMine();
        }
        return end;
    }

    /** Undoes a claim that is of no use here: the end is under way again, from the same mover. */
    private synchronized void letGo(LaneHandle handle) {
        use = Use.MOVED;
        unregister();
        doorbell.close();
        ownership.letGo(handle);
    }

    private LaneEndedException notMine() {
        return new LaneEndedException(
                "this end has another holder, or was closed: " + ownership.describe());
    }

    private static Segment openSegment(LaneHandle handle) throws IOException {
        LocalEnds.LocalEnd other = LocalEnds.find(handle.id(), 1 - handle.end());
        if (other != null) {
            return other.segment();
        }
        try {
            return Segment.open(Path.of(handle.path()), SegmentKind.LANE);
        } catch (NoSuchFileException e) {
            throw new LaneEndedException("both ends of this lane have ended: lane=" + handle.id());
        }
    }

    private void register() {
        LocalEnds.add(id, end, local);
    }

    private void unregister() {
        LocalEnds.remove(id, end, local);
    }

    /**
     * Connects to the other end's holder if that is another process; after the claim, so that of
     * two ends attached at once one sees the other and connects. Blocks while that process stands
     * still.
     */
    public void connectBell() throws IOException {
        long word = ownership.otherWord();
        if (ownership.isElsewhere(word)) {
            try {
                long member = LaneOwner.member(word);
                doorbell.add(Links.connect(session, member, Hello.Purpose.BELL, id, end));
            } catch (IOException e) {
                throwIfHeld(word, e);
            }
        }
    }

    /**
     * Has the link server do the same, so that no caller blocks and no interrupt matters; null if
     * there is nothing to connect.
     */
    private @Nullable OutgoingBell startBell() throws IOException {
        long word = ownership.otherWord();
        if (!ownership.isElsewhere(word)) {
            return null;
        }
        OutgoingBell bell =
                new OutgoingBell(
                        LinkServer.current(), doorbell, ownership::hasHolder, id, end, word);
        try {
            bell.start();
            return bell;
        } catch (IOException e) {
            throwIfHeld(word, e);
            return null;
        }
    }

    private void throwIfHeld(long word, IOException failure) throws IOException {
        if (ownership.hasHolder(word)) {
            throw failure;
        }
        // Dead, or it let go meanwhile: peerState says so, or the next holder connects.
    }

    /**
     * Commits a message; false when there is no room for it now. The memory of a large one may be
     * kept for the next.
     *
     * @param type at least 0
     * @throws LaneEndedException if this end was closed or moved
     */
    public boolean offer(int type, long messageId, byte[] payload) throws IOException {
        checkOpen();
        return wakeReceiverIf(sender.offer(type, messageId, payload));
    }

    /** After an offer: wakes the receiver if it was committed and the receiver sleeps. */
    private boolean wakeReceiverIf(boolean committed) {
        if (committed && sender.takeReaderWaits()) {
            wakePeer();
        }
        return committed;
    }

    @Override
    public int chunkBytes() {
        return sender.partBytes();
    }

    @Override
    public boolean offer(int type, long number, ByteBuffer from, int position, int length)
            throws IOException {
        checkOpen();
        return wakeReceiverIf(sender.offerPart(type, number, from, position, length));
    }

    @Override
    public boolean offerNow(int type, long number, byte[] payload) throws IOException {
        return payload.length <= chunkBytes() / 2 && offer(type, number, payload);
    }

    @Override
    public boolean offerLarge(int type, long number, ByteBuffer from, int position, int length)
            throws IOException {
        checkOpen();
        return wakeReceiverIf(
                sender.hasRoomToSpill()
                        && sender.offerSpilled(type, number, from, position, length));
    }

    @Override
    public boolean awaitDrain(long nanos) throws IOException, InterruptedException {
        return sending.await(nanos, LaneWait.DRAINED);
    }

    @Override
    public boolean flush(long nanos) {
        return true; // an offer commits
    }

    @Override
    public long mark() {
        return sender.committed();
    }

    @Override
    public boolean isLost(long mark) throws IOException {
        PeerState peer = peerState(true);
        if (peer != PeerState.CLOSED || !sender.isConsumed(mark)) {
            return peer != PeerState.PRESENT;
        }
        return ownership.isOtherHolderDead();
    }

    @Override
    public void retract() {
        // Nothing that was offered and not committed.
    }

    @Override
    public boolean next() throws IOException {
        checkOpen();
        return receiver.next();
    }

    /**
     * Looks for the oldest message as {@link #next} does, and leaves a payload in a spill file
     * unread: of the message its {@link #type} and {@link #number} are known. {@link #next}, {@link
     * #takePayload} or {@link #release} is to follow.
     */
    public boolean peek() throws IOException {
        checkOpen();
        return receiver.peek();
    }

    @Override
    public int type() {
        return receiver.type();
    }

    @Override
    public long number() {
        return receiver.id();
    }

    @Override
    public int payloadBytes() {
        return receiver.payloadBytes();
    }

    @Override
    public void copyPayload(ByteBuffer into, int position) {
        receiver.copyPayload(into, position);
    }

    @Override
    public byte[] payload() {
        byte[] payload = receiver.ringPayload();
        return payload != null ? payload : MessageEnd.super.payload();
    }

    /** Consumes the record, also when it throws: the callers count on that. */
    @Override
    public void release() throws IOException {
        receiver.release();
    }

    @Override
    public void spinFor(long nanos) {
        receiving.spinFor(nanos);
        sending.spinFor(nanos);
    }

    @Override
    public void listen(Waiter waiter) throws IOException {
        doorbell.listen(waiter);
    }

    @Override
    public void unlisten(Waiter waiter) {
        doorbell.unlisten(waiter);
    }

    /** True if a message is there. */
    @Override
    public boolean isReady() {
        return receiver.isReady();
    }

    /**
     * Takes the oldest message; null when there is none now.
     *
     * @throws LaneEndedException if this end was closed or moved
     */
    public @Nullable Message poll() throws IOException {
        checkOpen();
        return receiver.poll();
    }

    /**
     * Takes the payload of the message that {@link #peek} found, and consumes the message. Only
     * what is bounded is read here; see {@link Payload}.
     *
     * @throws ProtocolException if the message cannot be one: it was not consumed
     */
    public Payload takePayload() throws IOException {
        return receiver.takePayload();
    }

    /**
     * Waits for a message; false when the time is over, or the other end has ended and left none.
     *
     * @param nanos how long; {@link Long#MAX_VALUE} for ever
     */
    @Override
    public boolean awaitMessage(long nanos) throws IOException, InterruptedException {
        return receiving.await(nanos, 0);
    }

    /** Waits for room for a payload; false when the time is over or the other end has ended. */
    public boolean awaitRoom(int payloadBytes, long nanos)
            throws IOException, InterruptedException {
        return sending.await(nanos, payloadBytes);
    }

    boolean hasRoom(int payloadBytes) {
        return payloadBytes == LaneWait.DRAINED ? sender.isDrained() : sender.hasRoom(payloadBytes);
    }

    @Override
    public void announceRead() {
        receiver.announceWait();
    }

    @Override
    public void endRead() {
        receiver.endWait();
    }

    void announceWrite() {
        sender.announceWait();
    }

    void endWrite() {
        sender.endWait();
    }

    /** After a commit, which nothing here may make look undone. */
    private void wakePeer() {
        try {
            LocalEnds.LocalEnd peer = LocalEnds.find(id, 1 - end);
            if (peer != null) {
                peer.doorbell().wakeHere();
            } else {
                doorbell.wakePeer();
            }
        } catch (OutOfMemoryError e) {
            // A thread that sleeps there looks again by itself, because each sleep has a bound.
        }
    }

    Doorbell doorbell() {
        return doorbell;
    }

    /**
     * What the owner word of the other end says; with {@code probe}, or after a socket has ended,
     * and when it names another process, after asking the kernel about that one.
     */
    @Override
    public PeerState peerState(boolean probe) throws IOException {
        return ownership.peerState(probe || doorbell.isSuspect());
    }

    /**
     * Gives this end away to a process that is to {@link #attach}: it is of no use here afterwards.
     * This process listens from now on, for the next holder connects to that of the other end, and
     * that may be this one.
     */
    public LaneHandle moveAway() throws IOException {
        LinkServer.current();
        return move();
    }

    /**
     * Gives this end away to a child that is to {@link #claim} it, and to connect when it is linked
     * to this process: it is of no use here afterwards.
     */
    public synchronized LaneHandle move() throws IOException {
        checkOpen();
        long epoch = ownership.nextEpoch();
        sender.discardKept(); // before all else: if it fails, the end stays
        use = Use.MOVED;
        unregister();
        doorbell.close();
        receiving.close();
        sending.close();
        ownership.beginMove(epoch);
        return new LaneHandle(segment.path().toString(), id, end, epoch);
    }

    /** True while nobody has attached to an end that moved from here. */
    public boolean isUnderWay(LaneHandle handle) {
        return ownership.isUnderWay(handle);
    }

    /**
     * Gives up an end that moved from here and that nobody will attach to: the other end learns of
     * a death. False when somebody has attached.
     */
    public boolean abandon(LaneHandle handle) throws IOException {
        if (!ownership.abandon(handle)) {
            return false;
        }
        LocalEnds.LocalEnd peer = LocalEnds.find(id, 1 - end);
        if (peer != null) {
            peer.doorbell().wakeHere();
        } else if (peerState(true) != PeerState.PRESENT) {
            delete();
        }
        return true; // a holder in another process finds out when its bounded sleep ends
    }

    private void delete() throws IOException {
        segment.delete();
        LaneSpills.discardAll(session, id);
    }

    /** Takes an end back that nobody has attached to; false when somebody has. */
    public synchronized boolean takeBack(LaneHandle handle) throws IOException {
        if (!ownership.isUnderWay(handle)) {
            return false; // looked at first, for a new holder in this JVM is registered already
        }
        doorbell.reopen();
        register();
        if (!ownership.takeBack(handle)) {
            unregister();
            doorbell.close();
            return false;
        }
        use = Use.OPEN;
        boolean unused = startBell() != null; // it comes later
        return true;
    }

    /**
     * Empties a lane whose other end's holder this process has proven dead, and gives the other end
     * away once more.
     */
    public LaneHandle renew() throws IOException {
        sender.discardAll();
        receiver.clear();
        LaneSpills.discardAll(session, id);
        LaneLayout.clear(segment);
        sender.restart();
        receiver.restart();
        doorbell.expect();
        long epoch = ownership.renewOther();
        return new LaneHandle(segment.path().toString(), id, 1 - end, epoch);
    }

    /**
     * True while the other end's holder, another process, may not have connected its doorbell yet,
     * so that a message may arrive and ring nobody.
     */
    public boolean isBellAwaited() {
        return doorbell.isAwaited() && LocalEnds.find(id, 1 - end) == null;
    }

    /** One of the lane's words that belong to its user. */
    public long word(int index) {
        return Words.getVolatile(segment.memory(), LaneLayout.userWord(index));
    }

    /** Sets one of the user's words. */
    public void setWord(int index, long value) {
        Words.setVolatile(segment.memory(), LaneLayout.userWord(index), value);
    }

    /** Replaces one of the user's words in one step. */
    public boolean compareAndSetWord(int index, long expected, long value) {
        return Words.compareAndSet(segment.memory(), LaneLayout.userWord(index), expected, value);
    }

    void checkOpen() throws LaneEndedException {
        if (use != Use.OPEN) {
            throw new LaneEndedException(
                    use == Use.MOVED
                            ? "this end has moved to another process: " + ownership.describe()
                            : "this end was closed");
        }
    }

    /**
     * Closes this end. The other one receives what was sent, then learns of the end. The lane's
     * memory goes with the second end that is closed.
     */
    @Override
    public void close() throws IOException {
        synchronized (this) { // a move at the same time would be overwritten
            if (use != Use.OPEN) {
                return;
            }
            use = Use.CLOSED;
            ownership.close();
        }
        wakePeer();
        unregister();
        doorbell.close();
        receiving.close();
        sending.close();
        if (peerState(true) != PeerState.PRESENT) {
            delete();
        }
    }

    /** Closes this end and removes the lane, whose other end nobody will ever use again. */
    public void destroy() throws IOException {
        close();
        delete();
    }
}
