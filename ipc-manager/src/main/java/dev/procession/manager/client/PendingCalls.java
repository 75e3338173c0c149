package dev.procession.manager.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.time.Timeout;
import dev.procession.manager.ManagerException;
import dev.procession.manager.client.PendingCall.State;
import dev.procession.manager.proto.Status;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All calls of a client that have no answer, and the order in which the server gets them. This
 * object's lock is held for less than a microsecond each time; no I/O is done under it, and no
 * user's code runs.
 *
 * <p>Once only: requests are numbered, and a server ignores a number that it had in this session.
 * Answers are counted, and the server keeps them until the count confirms them. So after a broken
 * connection both sides repeat what the other one may lack, and nothing is carried out twice. In
 * another session the calls fail that a server may have had, and the others are sent. The server
 * can take a grant back as long as it keeps the answer, so the answer to a call that was given up
 * is not confirmed, nor are those after it, before the withdrawal is.
 *
 * <pre>
 * OPEN → ENDED        answered, failed, or given up before a server may have had it
 * OPEN → ABANDONED    given up afterwards: WITHDRAW is sent, and sent again after a broken connection
 * ABANDONED → ENDED   the server has confirmed the withdrawal, or the session is over
 * </pre>
 */
final class PendingCalls {

    /** So many appended requests are written at the latest. */
    private static final int BATCH = 64;

    @GuardedBy("this")
    private final NumberedCalls calls = new NumberedCalls();

    /** The connection to which requests are appended; null while there is none. */
    private volatile @Nullable ServerConnection connection;

    @GuardedBy("this")
    private long seq;

    /** The session that the requests and answers below belong to. */
    @GuardedBy("this")
    private ServerSession session = ServerSession.NONE;

    @GuardedBy("this")
    private final AnswerCount answers = new AnswerCount();

    /** Appended calls without an answer that the server answers as soon as it reads them. */
    @GuardedBy("this")
    private int promptOnTheirWay;

    /** Requests that were appended since the last time when all were written. */
    @GuardedBy("this")
    private int appended;

    private final CallWindows windows = new CallWindows();

    /** Whether there may be something to write. */
    private volatile boolean unwritten;

    @GuardedBy("this")
    private boolean closed;

    private final Supplier<RuntimeException> closedReason;

    private final Runnable whenBroken;

    /**
     * Has no calls.
     *
     * @param closedReason makes the failure of calls after the close
     * @param whenBroken has another connection made, as the one in use takes no more requests; it
     *     is called under this object's lock
     */
    PendingCalls(Supplier<RuntimeException> closedReason, Runnable whenBroken) {
        this.closedReason = closedReason;
        this.whenBroken = whenBroken;
    }

    /** The connection in use; null while there is none. It may be broken. */
    @Nullable ServerConnection connection() {
        return connection;
    }

    /** Whether there may be something to write to the connection. */
    boolean hasUnwritten() {
        return unwritten;
    }

    /** Whether an answer is to come for which no caller reads. */
    boolean hasUnattended() {
        return windows.areUsed();
    }

    synchronized boolean isEmpty() {
        return calls.isEmpty();
    }

    /**
     * Adds a call, and appends it to the connection if there is one.
     *
     * @return whether to write now: no answer is expected soon with which it could be written, or
     *     there is much to write
     * @throws IllegalArgumentException if it is larger than the server takes
     * @throws IllegalStateException if this is closed
     * @throws ManagerException if too many calls were given up that the server has not confirmed
     */
    synchronized boolean add(PendingCall call) {
        if (closed) {
            throw closedReason.get();
        }
        windows.requireRoom(call);
        call.seq = ++seq; // it keeps the number as an object: the end of a call needs no memory
        calls.add(call);
        windows.begun(call);
        ServerConnection current = connection;
        if (current == null) {
            return false;
        }
        boolean alone = promptOnTheirWay == 0;
        try {
            append(current, call);
        } catch (Throwable e) { // too large, or no memory
            end(call);
            throw e;
        }
        return alone || appended >= BATCH;
    }

    @GuardedBy("this")
    private void append(ServerConnection to, PendingCall call) {
        Frames.requireFits(call.body.length, to.maxBytes());
        call.position = append(to, call.seq, call.body);
        call.appendedTo = to;
        promptOnTheirWay += call.prompt ? 1 : 0;
        if (call.cancelled) {
            askToStop(to, call);
        }
    }

    @GuardedBy("this")
    private long append(ServerConnection to, long number, byte[] body) {
        try {
            long position = to.out().append(number, answers.confirmable(), body);
            appended++;
            answers.confirmed();
            unwritten = true;
            return position;
        } catch (RuntimeException | Error e) {
            broken(to); // half a frame may be in its buffers, which are not written any more
            throw e;
        }
    }

    private void broken(ServerConnection which) {
        which.failed();
        whenBroken.run();
    }

    /**
     * Asks the server to stop waiting for a call's sake, or to take an abandoned one back. If that
     * fails, the connection is broken, and the next one asks again.
     */
    @GuardedBy("this")
    private void askToStop(ServerConnection to, PendingCall call) {
        try {
            long unused =
                    append(
                            to,
                            0,
                            call.state == State.ABANDONED
                                    ? Controls.withdraw(call.seq)
                                    : Controls.cancel(call.seq));
        } catch (RuntimeException | Error e) { // no memory
            broken(to);
        }
    }

    /**
     * Returns the next buffer to write; null if there is none.
     *
     * @param done the buffer before, which is written; null if there was none
     */
    synchronized @Nullable ByteBuffer nextToWrite(
            ServerConnection current, @Nullable ByteBuffer done) {
        if (current != connection || current.isBroken()) {
            return null;
        }
        OutBuffers out = current.out();
        if (done != null) {
            out.takeBack(done);
        }
        if (isConfirmationDue()) {
            confirm(out);
        }
        ByteBuffer buffer = out.next();
        if (buffer == null) {
            unwritten = false;
            appended = 0;
        }
        return buffer;
    }

    @GuardedBy("this")
    private boolean isConfirmationDue() {
        return answers.isConfirmationDue(!calls.isEmpty());
    }

    @GuardedBy("this")
    private void confirm(OutBuffers out) {
        out.confirm(answers.confirmable(), Controls.received());
        answers.confirmed();
    }

    /**
     * Whether answers are not confirmed while a call waits, for which the server may need their
     * room.
     *
     * @param forLong whether that has been so for long: then they are confirmed
     */
    synchronized boolean isHoldingBack(boolean forLong) {
        boolean holding = !calls.isEmpty() && answers.areUnconfirmed();
        if (holding && forLong) {
            answers.confirmNow();
            unwritten = true;
        }
        return holding;
    }

    /**
     * Counts an answer and ends its call.
     *
     * @param bytes of the answer, which the server keeps until it is confirmed
     * @return the call, if its caller wants the answer
     */
    synchronized @Nullable PendingCall answered(long number, Status status, long bytes) {
        PendingCall call = calls.get(number);
        boolean abandoned = call != null && call.state == State.ABANDONED;
        if (abandoned && status != Status.WITHDRAWN) {
            answers.ignoreNext(call);
        }
        // Nothing below needs memory: an answer that is counted has ended its call.
        answers.add(call == null ? bytes : bytes + call.body.length);
        boolean ends = !abandoned || status == Status.WITHDRAWN;
        if (call != null && ends) {
            end(call);
        }
        if (isConfirmationDue()) {
            unwritten = true;
        }
        return ends && !abandoned ? call : null;
    }

    /**
     * Counts an answer that this process has no memory for, and abandons its call: the server takes
     * back what it has granted.
     *
     * @return the call, if its caller wants the answer
     */
    synchronized @Nullable PendingCall unreadable(long number, long bytes) {
        PendingCall call = calls.get(number);
        if (call != null) {
            answers.ignoreNext(call); // first, as there may be no memory for it
        }
        answers.add(call == null ? bytes : bytes + call.body.length);
        if (call == null) {
            return null;
        }
        boolean wanted = call.state == State.OPEN;
        if (wanted) {
            abandon(call);
        }
        ServerConnection current = connection;
        if (current != null) {
            askToStop(current, call);
        }
        return wanted ? call : null;
    }

    @GuardedBy("this")
    private void end(PendingCall call) {
        calls.remove(call);
        answers.ended(call);
        if (call.appendedTo != null && call.appendedTo == connection && call.prompt) {
            promptOnTheirWay--;
        }
        if (windows.ended(call, call.state == State.ABANDONED)) {
            notifyAll(); // threads that wait for room
        }
        call.state = State.ENDED;
    }

    /**
     * Asks the server to stop waiting for a call's sake; the call gets an answer of some kind. Does
     * nothing if it has ended.
     */
    synchronized void cancel(PendingCall call) {
        if (call.state == State.OPEN && !call.cancelled) {
            call.cancelled = true;
            ServerConnection current = connection;
            if (current != null) {
                askToStop(current, call);
            }
        }
    }

    /**
     * Gives a call up: its answer is ignored, and the server takes back what it has granted.
     *
     * @return false if the call has ended, so that its end is handed over
     */
    synchronized boolean giveUp(PendingCall call) {
        if (call.state != State.OPEN) {
            return call.state == State.ABANDONED;
        }
        ServerConnection current = connection;
        if (current == null && !call.sent) {
            end(call);
            return true;
        }
        abandon(call);
        if (current != null) {
            askToStop(current, call);
        }
        return true;
    }

    @GuardedBy("this")
    private void abandon(PendingCall call) {
        call.state = State.ABANDONED;
        windows.abandoned(call);
    }

    /**
     * Whether no asynchronous call may be added now.
     *
     * @param prompt whether the server answers it as soon as it reads it
     */
    synchronized boolean hasNoRoom(boolean prompt) {
        return windows.of(prompt).isFull() && !closed;
    }

    /** Waits until there is room for a call, or the time is over. */
    synchronized void awaitRoom(boolean prompt, Timeout limit) throws InterruptedException {
        while (hasNoRoom(prompt) && !limit.isOver()) {
            // For a thread that reads answers.
            TimeUnit.NANOSECONDS.timedWait(this, limit.remainingNanos());
        }
    }

    /** Returns why there is no room for a call that may wait in the server. */
    synchronized RejectedExecutionException noRoomToWait() {
        return windows.of(false).refusal();
    }

    /** How many answers of the {@linkplain #session session} have come. */
    synchronized long answers() {
        return answers.came();
    }

    /** The session whose requests and answers this has. */
    synchronized ServerSession session() {
        return session;
    }

    /**
     * Forgets a connection that takes no requests any more.
     *
     * @param written how many bytes of it were written
     */
    synchronized void disconnected(ServerConnection before, long written) {
        connection = null;
        promptOnTheirWay = 0;
        appended = 0;
        unwritten = false;
        answers.disconnected();
        PendingCall next;
        for (PendingCall call = calls.first(); call != null; call = next) {
            next = call.after;
            if (call.appendedTo == before) {
                call.sent |= call.position < written;
                call.appendedTo = null;
            }
            if (call.state == State.ABANDONED && !call.sent) {
                end(call);
            }
        }
    }

    /**
     * Begins with a new connection. In the same session everything without an answer is sent again;
     * in another one only what no server may have had.
     *
     * @param lost why calls fail that the server of another session may have had
     * @param failed gets the calls that have failed, also if this throws for want of memory
     */
    synchronized void connected(
            ServerConnection made, Supplier<RuntimeException> lost, EndedCalls failed) {
        if (!session.equals(made.session())) {
            session = made.session();
            answers.restart();
            PendingCall next;
            for (PendingCall call = calls.first(); call != null; call = next) {
                next = call.after;
                if (call.sent) {
                    fail(call, lost, failed);
                }
            }
        }
        connection = made;
        for (PendingCall call = calls.first(); call != null; call = call.after) {
            if (call.state == State.ABANDONED) {
                askToStop(made, call);
            }
        }
        appendOpen(made, failed);
    }

    @GuardedBy("this")
    private void appendOpen(ServerConnection to, EndedCalls failed) {
        PendingCall next;
        for (PendingCall call = calls.first(); call != null; call = next) {
            next = call.after;
            if (call.state == State.OPEN) {
                try {
                    append(to, call);
                } catch (IllegalArgumentException e) { // larger than this server takes
                    fail(call, () -> e, failed);
                }
            }
        }
        unwritten |= isConfirmationDue();
    }

    @GuardedBy("this")
    private void fail(PendingCall call, Supplier<RuntimeException> reason, EndedCalls failed) {
        boolean wanted = call.state == State.OPEN;
        end(call);
        if (wanted) {
            call.endWith(reason);
            failed.add(call);
        }
    }

    /** The number of the last call. */
    synchronized long lastSeq() {
        return seq;
    }

    /**
     * Fails calls without an answer: while there is no connection, or for ever.
     *
     * @param last the last call to fail; a later one may find what those before did not
     * @param serverIsDead whether nothing has to be withdrawn
     * @return the calls
     */
    synchronized EndedCalls failUpTo(
            long last, Supplier<RuntimeException> reason, boolean serverIsDead) {
        EndedCalls failed = new EndedCalls();
        PendingCall next;
        for (PendingCall call = calls.first(); call != null && call.seq <= last; call = next) {
            next = call.after;
            boolean unsent = !call.sent && call.appendedTo == null;
            if (unsent || serverIsDead) {
                fail(call, reason, failed);
            } else if (call.state == State.OPEN) {
                call.endWith(reason);
                failed.add(call);
                abandon(call);
            }
        }
        return failed;
    }

    /**
     * Fails all calls, and refuses others from now on.
     *
     * @return the calls without an answer
     */
    synchronized EndedCalls close(Supplier<RuntimeException> reason) {
        EndedCalls failed = failUpTo(seq, reason, true); // without memory this can be repeated
        closed = true;
        notifyAll(); // threads that wait for room
        return failed;
    }

    /** Appends the farewell. Then the server ends the session, so nothing may be under way. */
    synchronized void sayGoodbye() {
        ServerConnection current = connection;
        if (current != null) {
            long unused = append(current, 0, Controls.goodbye());
        }
    }
}
