package dev.procession.core.lane;

import dev.procession.core.life.DirectoryLayout;
import dev.procession.core.life.Session;
import dev.procession.core.link.Hello;
import dev.procession.core.link.LinkServer;
import dev.procession.core.link.Links;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.memory.KillPoint;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import dev.procession.core.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
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

    /** In the type of a record: the payload is the name of a parcel. */
    private static final int PARCEL = 1 << 31;

    private static final Map<Long, @Nullable LaneEnd[]> LOCAL = new ConcurrentHashMap<>();

    static {
        LinkServer.deliverDoorbells(LaneEnd::ring);
    }

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
    private final LaneSpillOutbox outbox;
    private final LaneSpillInbox inbox;
    private final LaneWait receiving = new LaneWait(this, true);
    private final LaneWait sending = new LaneWait(this, false);
    private @Nullable ByteBuffer parcel;

    /** The record that names the parcel, kept so that its release needs no memory. */
    private byte @Nullable [] parcelRecord;

    private RingWriter writer;
    private RingReader reader;
    private volatile Use use = Use.OPEN;

    /** What the owner word was when this end was claimed. */
    private long before;

    private LaneEnd(Session session, Segment segment, long id, int end) {
        this.session = session;
        this.segment = segment;
        this.id = id;
        this.end = end;
        this.outbox = new LaneSpillOutbox(session, id);
        this.inbox = new LaneSpillInbox(session);
        this.writer = LaneLayout.writer(segment, end);
        this.reader = LaneLayout.reader(segment, 1 - end);
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
            long held = LaneOwner.HELD.word(0, session.self());
            Words.setVolatile(segment.memory(), LaneLayout.owner(end), held);
            register(pair[end]);
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
            end.letGo(LaneOwner.HELD.word(handle.epoch(), end.session.self()));
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
        requireOfThis(session, handle);
        LaneEnd end = new LaneEnd(session, openSegment(handle), handle.id(), handle.end());
        ByteBuffer memory = end.segment.memory();
        int owner = LaneLayout.owner(end.end);
        long word = Words.getVolatile(memory, owner);
        long held = LaneOwner.HELD.word(handle.epoch(), session.self());
        // Before the registration, which would take the place of a holder in this JVM.
        if (LaneOwner.state(word) != LaneOwner.MOVING || LaneOwner.epoch(word) != handle.epoch()) {
            throw end.notMine(owner);
        }
        register(end);
        if (!Words.compareAndSet(memory, owner, word, held)) {
            end.unregister();
            throw end.notMine(owner);
        }
        end.before = word;
        return end;
    }

    /** Undoes a claim that is of no use here: the end is under way again, from the same mover. */
    private synchronized void letGo(long held) throws IOException {
        use = Use.MOVED;
        unregister();
        doorbell.close();
        Words.compareAndSet(segment.memory(), LaneLayout.owner(end), held, before);
    }

    private LaneEndedException notMine(int owner) {
        return new LaneEndedException(
                "this end has another holder, or was closed: " + describe(owner));
    }

    /** The members of another session are not known here, so no death of theirs would be seen. */
    private static void requireOfThis(Session session, LaneHandle handle) throws IOException {
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

    /** Says that nobody will attach to an end of another session: its other end need not wait. */
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
            // Not there, or not for this user: then there is nothing to say.
        }
    }

    private static Segment openSegment(LaneHandle handle) throws IOException {
        LaneEnd other = local(handle.id(), 1 - handle.end());
        if (other != null) {
            return other.segment;
        }
        try {
            return Segment.open(Path.of(handle.path()), SegmentKind.LANE);
        } catch (NoSuchFileException e) {
            throw new LaneEndedException("both ends of this lane have ended: lane=" + handle.id());
        }
    }

    private static void register(LaneEnd end) {
        LOCAL.compute(
                end.id,
                (id, ends) -> {
                    @Nullable LaneEnd[] both = ends == null ? new LaneEnd[2] : ends.clone();
                    both[end.end] = end;
                    return both;
                });
    }

    private void unregister() {
        LOCAL.computeIfPresent(
                id,
                (key, ends) -> {
                    @Nullable LaneEnd[] both = ends.clone();
                    if (both[end] == this) {
                        both[end] = null;
                    }
                    return both[0] == null && both[1] == null ? null : both;
                });
    }

    private static @Nullable LaneEnd local(long id, int end) {
        @Nullable LaneEnd[] ends = LOCAL.get(id);
        return ends == null ? null : ends[end];
    }

    /** A doorbell came in from the holder of the other end. */
    static void ring(long id, int speaker, SocketChannel bell) throws IOException {
        LaneEnd mine = speaker == 0 || speaker == 1 ? local(id, 1 - speaker) : null;
        if (mine == null) {
            bell.close(); // moved on or closed; its next holder connects by itself
        } else {
            mine.doorbell.add(bell);
        }
    }

    /**
     * Connects to the other end's holder if that is another process; after the claim, so that of
     * two ends attached at once one sees the other and connects. Blocks while that process stands
     * still.
     */
    public void connectBell() throws IOException {
        long word = otherOwner();
        if (isElsewhere(word)) {
            try {
                long member = LaneOwner.member(word);
                doorbell.add(Links.connect(session, member, Hello.Purpose.BELL, id, end));
            } catch (IOException e) {
                throwIfHeld(word, e);
            }
        }
    }

    /**
     * Has the hub do the same, so that no caller blocks and no interrupt matters; null if there is
     * nothing to connect.
     */
    private @Nullable OutgoingBell startBell() throws IOException {
        long word = otherOwner();
        if (!isElsewhere(word)) {
            return null;
        }
        OutgoingBell bell =
                new OutgoingBell(LinkServer.current(), doorbell, this::hasHolder, id, end, word);
        try {
            bell.start();
            return bell;
        } catch (IOException e) {
            throwIfHeld(word, e);
            return null;
        }
    }

    private long otherOwner() {
        return Words.getVolatile(segment.memory(), LaneLayout.owner(1 - end));
    }

    private boolean isElsewhere(long word) {
        return LaneOwner.state(word) == LaneOwner.HELD && LaneOwner.member(word) != session.self();
    }

    private void throwIfHeld(long word, IOException failure) throws IOException {
        if (hasHolder(word)) {
            throw failure;
        }
        // Dead, or it let go meanwhile: peerState says so, or the next holder connects.
    }

    /** True while the other end has the holder of this owner word, and that one is not dead. */
    boolean hasHolder(long word) throws IOException {
        return otherOwner() == word && !session.isDead(LaneOwner.member(word));
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
        if (payload.length <= writer.maxPayloadBytes()) {
            if (!writer.offer(type, messageId, payload)) {
                return false;
            }
        } else if (!offerParcel(type, messageId, ByteBuffer.wrap(payload), 0, payload.length)) {
            return false;
        }
        if (writer.takeReaderWaits()) {
            ringPeer();
        }
        return true;
    }

    private boolean offerParcel(int type, long messageId, ByteBuffer from, int position, int length)
            throws IOException {
        if (!outbox.hasRoom(writer.consumed()) || !writer.fits(LaneSpillOutbox.RECORD_BYTES)) {
            return false;
        }
        byte[] parcelRecord = outbox.write(from, position, length);
        if (KillPoint.ON) {
            KillPoint.LANE_FILE_WRITTEN.reached();
        }
        if (!writer.offer(type | PARCEL, messageId, parcelRecord)) {
            outbox.notSent();
            return false;
        }
        outbox.sent(writer.committed());
        return true;
    }

    @Override
    public int chunkBytes() {
        return writer.capacity() / 8;
    }

    @Override
    public boolean offer(int type, long number, ByteBuffer from, int position, int length)
            throws IOException {
        checkOpen();
        if ((length > chunkBytes() / 2 && isBacklogged())
                || !writer.offer(type, number, from, position, length)) {
            return false;
        }
        if (writer.takeReaderWaits()) {
            ringPeer();
        }
        return true;
    }

    @Override
    public boolean offerNow(int type, long number, byte[] payload) throws IOException {
        return payload.length <= chunkBytes() / 2 && offer(type, number, payload);
    }

    /** Room is left for small messages, and for the names of parcels. */
    private boolean isBacklogged() {
        return writer.unread() > writer.capacity() / 2;
    }

    @Override
    public boolean offerLarge(int type, long number, ByteBuffer from, int position, int length)
            throws IOException {
        checkOpen();
        if (!hasRoom(Integer.MAX_VALUE)) {
            return false;
        }
        if (!offerParcel(type, number, from, position, length)) {
            return false;
        }
        if (writer.takeReaderWaits()) {
            ringPeer();
        }
        return true;
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
        return writer.committed();
    }

    @Override
    public boolean isLost(long mark) throws IOException {
        PeerState peer = peerState(true);
        if (peer != PeerState.CLOSED || !writer.isConsumed(mark)) {
            return peer != PeerState.PRESENT;
        }
        long word = Words.getVolatile(segment.memory(), LaneLayout.owner(1 - end));
        return session.isDead(LaneOwner.member(word));
    }

    @Override
    public void retract() {
        // Nothing that was offered and not committed.
    }

    @Override
    public boolean next() throws IOException {
        checkOpen();
        if (!reader.next()) {
            return false;
        }
        if ((reader.type() & PARCEL) != 0 && parcel == null) {
            byte[] names = reader.payload();
            parcel = inbox.open(names);
            parcelRecord = names;
        }
        return true;
    }

    /**
     * Looks for the oldest message as {@link #next} does, and leaves a payload in a parcel unread:
     * of the message its {@link #type} and {@link #number} are known. {@link #next}, {@link
     * #takePayload} or {@link #release} is to follow.
     */
    public boolean peek() throws IOException {
        checkOpen();
        return reader.next();
    }

    @Override
    public int type() {
        return reader.type() & ~PARCEL;
    }

    @Override
    public long number() {
        return reader.id();
    }

    @Override
    public int payloadBytes() {
        ByteBuffer large = parcel;
        return large != null ? large.limit() : reader.payloadBytes();
    }

    @Override
    public void copyPayload(ByteBuffer into, int position) {
        ByteBuffer large = parcel;
        if (large != null) {
            into.put(position, large, 0, large.limit());
        } else {
            reader.copyPayload(into, position);
        }
    }

    @Override
    public byte[] payload() {
        return parcel == null ? reader.payload() : MessageEnd.super.payload();
    }

    /** Consumes the record, also when it throws: the callers count on that. */
    @Override
    public void release() throws IOException {
        byte[] names = parcelRecord;
        try {
            if (names == null && (reader.type() & PARCEL) != 0) {
                names = reader.payload(); // of a parcel that nobody opened
            }
        } finally {
            parcel = null;
            parcelRecord = null;
            releaseRecord();
        }
        if (names != null) {
            inbox.done(names, Words.getVolatile(segment.memory(), LaneLayout.owner(1 - end)));
        }
    }

    private void releaseRecord() {
        reader.release();
        if (reader.takeWriterWaits()) {
            ringPeer();
        }
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
        return reader.isReady();
    }

    /**
     * Takes the oldest message; null when there is none now.
     *
     * @throws LaneEndedException if this end was closed or moved
     */
    public @Nullable Message poll() throws IOException {
        checkOpen();
        if (!reader.next()) {
            return null;
        }
        int type = reader.type();
        long messageId = reader.id();
        byte[] payload = reader.payload();
        byte[] names = (type & PARCEL) != 0 ? payload : null;
        if (names != null) {
            payload = inbox.read(names); // before the release: then it is its sender's again
        }
        releaseRecord();
        if (names != null) {
            inbox.done(names, Words.getVolatile(segment.memory(), LaneLayout.owner(1 - end)));
        }
        return new Message(type & ~PARCEL, messageId, payload);
    }

    /**
     * Takes the payload of the message that {@link #peek} found, and consumes the message. Only
     * what is bounded is read here; see {@link Payload}.
     *
     * @throws ProtocolException if the message cannot be one: it was not consumed
     */
    public Payload takePayload() throws IOException {
        byte[] bytes = reader.payload();
        Payload payload;
        if ((reader.type() & PARCEL) != 0) {
            payload = inbox.take(bytes);
            parcelRecord = bytes;
        } else {
            payload = Payload.of(bytes);
        }
        try {
            release();
        } catch (IOException | RuntimeException | Error e) {
            // It is consumed all the same, and here; what is left of its file goes with the lane.
        }
        return payload;
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
        if (payloadBytes == LaneWait.DRAINED) {
            return !isBacklogged() && writer.fits(chunkBytes());
        }
        return payloadBytes <= writer.maxPayloadBytes()
                ? writer.fits(payloadBytes)
                : outbox.wouldHaveRoom(writer.consumed())
                        && writer.fits(LaneSpillOutbox.RECORD_BYTES);
    }

    @Override
    public void announceRead() {
        reader.announceWait();
    }

    @Override
    public void endRead() {
        reader.endWait();
    }

    void announceWrite() {
        writer.announceWait();
    }

    void endWrite() {
        writer.endWait();
    }

    /** After a commit, which nothing here may make look undone. */
    private void ringPeer() {
        try {
            LaneEnd peer = local(id, 1 - end);
            if (peer != null) {
                peer.doorbell.wake();
            } else {
                doorbell.ring();
            }
        } catch (OutOfMemoryError e) {
            // Who sleeps there looks again by itself, for each sleep has a bound.
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
        int owner = LaneLayout.owner(1 - end);
        long word = Words.getVolatile(segment.memory(), owner);
        LaneOwner state = LaneOwner.state(word);
        if (state == LaneOwner.CLOSED) {
            return PeerState.CLOSED;
        }
        if (state == LaneOwner.DEAD) {
            return PeerState.DEAD;
        }
        long member = LaneOwner.member(word);
        if ((probe || doorbell.isSuspect()) && session.isDead(member)) {
            long dead = LaneOwner.DEAD.word(LaneOwner.epoch(word), member);
            return Words.compareAndSet(segment.memory(), owner, word, dead)
                    ? PeerState.DEAD
                    : PeerState.PRESENT; // it moved on before its holder died; look again later
        }
        return PeerState.PRESENT;
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
        int owner = LaneLayout.owner(end);
        long word = Words.getVolatile(segment.memory(), owner);
        long epoch = LaneOwner.epoch(word) + 1;
        outbox.discardFree(writer.consumed()); // before all else: if it fails, the end stays
        use = Use.MOVED;
        unregister();
        doorbell.close();
        receiving.close();
        sending.close();
        Words.setVolatile(segment.memory(), owner, LaneOwner.MOVING.word(epoch, session.self()));
        return new LaneHandle(segment.path().toString(), id, end, epoch);
    }

    /** True while nobody has attached to an end that moved from here. */
    public boolean isUnderWay(LaneHandle handle) {
        return Words.getVolatile(segment.memory(), LaneLayout.owner(end))
                == LaneOwner.MOVING.word(handle.epoch(), session.self());
    }

    /**
     * Gives up an end that moved from here and that nobody will attach to: the other end learns of
     * a death. False when somebody has attached.
     */
    public boolean abandon(LaneHandle handle) throws IOException {
        int owner = LaneLayout.owner(end);
        long moving = LaneOwner.MOVING.word(handle.epoch(), session.self());
        long dead = LaneOwner.DEAD.word(handle.epoch(), session.self());
        if (!Words.compareAndSet(segment.memory(), owner, moving, dead)) {
            return false;
        }
        LaneEnd peer = local(id, 1 - end);
        if (peer != null) {
            peer.doorbell.wake();
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
        int owner = LaneLayout.owner(end);
        long moving = LaneOwner.MOVING.word(handle.epoch(), session.self());
        long held = LaneOwner.HELD.word(handle.epoch(), session.self());
        if (Words.getVolatile(segment.memory(), owner) != moving) {
            return false; // looked at first, for a new holder in this JVM is registered already
        }
        doorbell.reopen();
        register(this);
        if (!Words.compareAndSet(segment.memory(), owner, moving, held)) {
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
        outbox.discardAll();
        inbox.clear();
        ByteBuffer memory = segment.memory();
        int owner = LaneLayout.owner(1 - end);
        long epoch = LaneOwner.epoch(Words.getVolatile(memory, owner)) + 1;
        LaneSpills.discardAll(session, id);
        LaneLayout.clear(segment);
        writer = LaneLayout.writer(segment, end);
        reader = LaneLayout.reader(segment, 1 - end);
        doorbell.expect();
        Words.setVolatile(memory, owner, LaneOwner.MOVING.word(epoch, session.self()));
        return new LaneHandle(segment.path().toString(), id, 1 - end, epoch);
    }

    /**
     * True while the other end's holder, another process, may not have connected its doorbell yet,
     * so that a message may arrive and ring nobody.
     */
    public boolean isBellAwaited() {
        return doorbell.isAwaited() && local(id, 1 - end) == null;
    }

    /** One of the lane's words that belong to its user. */
    public long claim(int index) {
        return Words.getVolatile(segment.memory(), LaneLayout.claim(index));
    }

    /** Sets one of the user's words. */
    public void setClaim(int index, long value) {
        Words.setVolatile(segment.memory(), LaneLayout.claim(index), value);
    }

    /** Replaces one of the user's words in one step. */
    public boolean compareAndSetClaim(int index, long expected, long value) {
        return Words.compareAndSet(segment.memory(), LaneLayout.claim(index), expected, value);
    }

    void checkOpen() throws LaneEndedException {
        if (use != Use.OPEN) {
            throw new LaneEndedException(
                    use == Use.MOVED
                            ? "this end has moved to another process: "
                                    + describe(LaneLayout.owner(end))
                            : "this end was closed");
        }
    }

    private String describe(int owner) {
        long word = Words.getVolatile(segment.memory(), owner);
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
            ByteBuffer memory = segment.memory();
            int owner = LaneLayout.owner(end);
            long word = Words.getVolatile(memory, owner);
            Words.setVolatile(
                    memory, owner, LaneOwner.CLOSED.word(LaneOwner.epoch(word), session.self()));
        }
        ringPeer();
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
