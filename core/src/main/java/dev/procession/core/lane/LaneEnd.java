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
 * One end of a lane. It sends messages of bytes to the other end and receives them from it through
 * shared memory, with a socket as doorbell.
 *
 * <p>An end belongs to one process at a time, which its owner word names, and can move to another
 * ({@link #move}, {@link #attach}); messages under way stay in the rings. One thread at a time may
 * {@link #offer}, and one at a time {@link #poll}; the callers hold the locks for that. Messages
 * that the other end committed before it closed or died can still be received; after them {@link
 * #peerState} returns whether it closed or died.
 *
 * <p>This file is long because it is the one entry point of the package: each job has a class of
 * its own, and most methods here pass the call on to it.
 */
public final class LaneEnd implements MessageEnd {

    /** Whether this process may use this end. */
    private enum Use {
        OPEN,
        MOVED,
        CLOSED
    }

    private final Session session;
    private final Segment segment;
    private final long laneId;
    private final int end;
    private final Doorbell doorbell = new Doorbell();
    private final LocalEnds.LocalEnd local;
    private final LaneOwnership ownership;
    private final PeerWaker peerWaker;
    private final LaneSender sender;
    private final LaneReceiver receiver;
    private final LaneWait receiving = new LaneWait(this, true);
    private final LaneWait sending = new LaneWait(this, false);
    private volatile Use use = Use.OPEN;

    private LaneEnd(Session session, Segment segment, long laneId, int end) {
        this.session = session;
        this.segment = segment;
        this.laneId = laneId;
        this.end = end;
        this.local = new LocalEnds.LocalEnd(segment, doorbell);
        this.ownership = new LaneOwnership(session, segment, end);
        this.peerWaker = new PeerWaker(laneId, 1 - end, doorbell);
        this.sender = new LaneSender(session, segment, laneId, end);
        this.receiver = new LaneReceiver(session, segment, 1 - end, ownership, peerWaker);
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
        long laneId = DirectoryLayout.laneId(session.self(), name);
        LaneEnd[] pair = new LaneEnd[2];
        for (int end = 0; end < 2; end++) {
            pair[end] = new LaneEnd(session, segment, laneId, end);
            pair[end].ownership.begin();
            pair[end].register();
        }
        return pair;
    }

    /**
     * Becomes the holder of an end that was moved. From now on this process listens for
     * connections, because the other end may move later, and its next holder connects to this
     * process.
     *
     * <p>Waits a moment until the doorbell is connected. It is connected later if the process of
     * the other holder is stopped, or if the calling thread is interrupted; the interrupt flag
     * stays set.
     *
     * @throws LaneEndedException if the end has another holder, or was closed
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
     * Becomes the holder of an end that was moved, without a doorbell yet: the caller, in any
     * thread, calls {@link #connectBell} afterwards. Until then the holders sleep in short steps.
     *
     * @throws LaneEndedException if the end has another holder, or was closed
     */
    public static LaneEnd claim(LaneHandle handle) throws IOException {
        Session session = Session.current();
        LaneOwnership.requireOfThis(session, handle);
        LaneEnd end = new LaneEnd(session, openSegment(handle), handle.id(), handle.end());
        // Checked before the registration, which would replace a holder in this JVM.
        if (!end.ownership.isMovedBy(handle)) {
            throw end.notClaimable();
        }
        end.register();
        if (!end.ownership.claim(handle)) {
            end.unregister();
            throw end.notClaimable();
        }
        return end;
    }

    /** Undoes a claim: the end is under way again, from the process that moved it. */
    private synchronized void letGo(LaneHandle handle) {
        use = Use.MOVED;
        unregister();
        doorbell.close();
        ownership.letGo(handle);
    }

    private LaneEndedException notClaimable() {
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
        LocalEnds.add(laneId, end, local);
    }

    private void unregister() {
        LocalEnds.remove(laneId, end, local);
    }

    /**
     * Connects to the other end's holder if that is another process. Called after the claim: if
     * both ends are attached at once, at least one process sees the other's claim and connects.
     * Blocks while the other process is stopped.
     */
    public void connectBell() throws IOException {
        long word = ownership.otherWord();
        if (ownership.isElsewhere(word)) {
            try {
                long member = LaneOwner.member(word);
                doorbell.add(Links.connect(session, member, Hello.Purpose.BELL, laneId, end));
            } catch (IOException e) {
                throwIfHeld(word, e);
            }
        }
    }

    /**
     * Connects as {@link #connectBell} does, on the link server's thread, so that the caller does
     * not block and an interrupt has no effect. Returns null if there is nothing to connect.
     */
    private @Nullable OutgoingBell startBell() throws IOException {
        long word = ownership.otherWord();
        if (!ownership.isElsewhere(word)) {
            return null;
        }
        OutgoingBell bell =
                new OutgoingBell(LinkServer.current(), doorbell, ownership, laneId, end, word);
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
        // The holder died or gave up the end: peerState shows it, or the next holder connects.
    }

    /**
     * Commits a message; false when there is no room for it now. The spill file of a large message
     * may be kept for the next one.
     *
     * @param type at least 0
     * @throws LaneEndedException if this end was closed or moved
     */
    public boolean offer(int type, long number, byte[] payload) throws IOException {
        checkOpen();
        return wakeReceiverIf(sender.offer(type, number, payload));
    }

    /**
     * Commits a message whose payload is in a file that was written before; false when there is no
     * room for its record now. The caller releases the file when no process reads it any more.
     *
     * @param type at least 0
     * @throws LaneEndedException if this end was closed or moved
     */
    public boolean offer(int type, long number, LentSpillFile payload) throws IOException {
        checkOpen();
        return wakeReceiverIf(sender.offer(type, number, payload));
    }

    /** Wakes the receiver if the offer was committed and the receiver sleeps. */
    private boolean wakeReceiverIf(boolean committed) {
        if (committed && sender.takeReaderWaits()) {
            peerWaker.wake();
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
        // Nothing to retract: each offer commits.
    }

    @Override
    public boolean next() throws IOException {
        checkOpen();
        return receiver.next();
    }

    /**
     * Moves to the oldest message as {@link #next} does, but does not open a spill file: only the
     * {@link #type} and {@link #number} of the message can be read. {@link #next}, {@link
     * #readPayload} or {@link #release} must follow.
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

    /** Consumes the record, even when it throws; the callers rely on that. */
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

    /** True if the payload of the message that {@link #peek} found is in a spill file. */
    public boolean isSpilled() {
        return receiver.isSpilled();
    }

    /**
     * Reads the payload of the message that {@link #peek} found, and does not consume it: {@link
     * #release} follows. Reads at most a bounded number of bytes; see {@link Payload}.
     *
     * @throws ProtocolException if the record is not a valid message
     */
    public Payload readPayload() throws IOException {
        return receiver.readPayload();
    }

    /**
     * Takes the payload of the message that {@link #peek} found, and consumes the message, as
     * {@link #readPayload} and {@link #release} do.
     *
     * @throws ProtocolException if the record is not a valid message, which is not consumed then
     */
    public Payload takePayload() throws IOException {
        return receiver.takePayload();
    }

    /**
     * Waits for a message; false when the time is over, or the other end has ended and all of its
     * messages were received.
     *
     * @param nanos how long; {@link dev.procession.core.time.Timeout#FOREVER} without a limit
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

    Doorbell doorbell() {
        return doorbell;
    }

    /**
     * Returns the state in the owner word of the other end. With {@code probe}, or after a socket
     * has ended, first asks the kernel whether the holder that the word names is dead.
     */
    @Override
    public PeerState peerState(boolean probe) throws IOException {
        return ownership.peerState(probe || doorbell.isSuspect());
    }

    /**
     * Gives this end away to a process that will {@link #attach} it; this process cannot use it
     * afterwards. From now on this process listens for connections, because the next holder
     * connects to the holder of the other end, which may be this process.
     */
    public LaneHandle moveAway() throws IOException {
        LinkServer.current();
        return move();
    }

    /**
     * Gives this end away to a child that will {@link #claim} it, and connect when it is linked to
     * this process. This process cannot use the end afterwards.
     */
    public synchronized LaneHandle move() throws IOException {
        checkOpen();
        long epoch = ownership.nextEpoch();
        sender.discardKept(); // first: if it throws, this process keeps the end
        use = Use.MOVED;
        unregister();
        doorbell.close();
        receiving.close();
        sending.close();
        ownership.beginMove(epoch);
        return new LaneHandle(segment.path().toString(), laneId, end, epoch);
    }

    /** True while no process has attached to an end that moved from here. */
    public boolean isUnderWay(LaneHandle handle) {
        return ownership.isUnderWay(handle);
    }

    /**
     * Gives up an end that moved from here and that no process will attach to: the other end sees
     * its peer as dead. False when a process has attached.
     */
    public boolean abandon(LaneHandle handle) throws IOException {
        if (!ownership.abandon(handle)) {
            return false;
        }
        LocalEnds.LocalEnd peer = LocalEnds.find(laneId, 1 - end);
        if (peer != null) {
            peer.doorbell().wakeHere();
        } else if (peerState(true) != PeerState.PRESENT) {
            delete();
        }
        return true; // a peer in another process sees it when its bounded sleep ends
    }

    private void delete() throws IOException {
        segment.delete();
        LaneSpills.discardAll(session, laneId);
    }

    /** Takes back an end that no process has attached to; false when one has. */
    public synchronized boolean takeBack(LaneHandle handle) throws IOException {
        if (!ownership.isUnderWay(handle)) {
            return false; // checked first: a new holder in this JVM is registered already
        }
        doorbell.reopen();
        register();
        if (!ownership.takeBack(handle)) {
            unregister();
            doorbell.close();
            return false;
        }
        use = Use.OPEN;
        boolean unused = startBell() != null; // connected later
        return true;
    }

    /**
     * Empties a lane, after this process has proven the other end's holder dead, and gives the
     * other end away again.
     */
    public LaneHandle renew() throws IOException {
        sender.discardAll();
        receiver.clear();
        LaneSpills.discardAll(session, laneId);
        LaneLayout.clear(segment);
        sender.restart();
        receiver.restart();
        doorbell.expect();
        long epoch = ownership.renewOther();
        return new LaneHandle(segment.path().toString(), laneId, 1 - end, epoch);
    }

    /**
     * True while the other end's holder is another process that may not have connected its doorbell
     * yet, so that a message may arrive and wake no thread.
     */
    public boolean isBellAwaited() {
        return doorbell.isAwaited() && LocalEnds.find(laneId, 1 - end) == null;
    }

    /** Returns one of the user's words. */
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
     * Closes this end. The other end receives all messages sent so far, and then sees that this end
     * is closed. The process that closes the second end removes the lane's memory.
     */
    @Override
    public void close() throws IOException {
        synchronized (this) { // else it could overwrite the owner word of a concurrent move
            if (use != Use.OPEN) {
                return;
            }
            use = Use.CLOSED;
            ownership.close();
        }
        peerWaker.wake();
        unregister();
        doorbell.close();
        receiving.close();
        sending.close();
        if (peerState(true) != PeerState.PRESENT) {
            delete();
        }
    }

    /** Closes this end and removes the lane; its other end must not be used again. */
    public void destroy() throws IOException {
        close();
        delete();
    }
}
