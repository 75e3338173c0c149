package dev.procession.manager.client;

import dev.procession.core.time.Timeout;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which thread reads answers, so that an answer does not have to hop between threads:
 *
 * <ul>
 *   <li>A caller that waits <i>polls</i> for {@value SpinPlaces#SPIN_NANOS} ns, if there is a place
 *       for it, and reads for all meanwhile.
 *   <li>Then it sleeps. While no thread polls, one of those that sleep <i>leads</i>: it sleeps in
 *       the selector instead, and reads for all.
 *   <li>A caller that leaves after a sleep, while none leads, wakes the next one to lead.
 *   <li>The client's own thread leads if no caller can, and otherwise makes sure that one does. A
 *       caller that polls wakes no other when it leaves, as it may be back in a microsecond; so
 *       while callers poll and others sleep, the thread looks after rests of 200 µs.
 * </ul>
 *
 * <p>So one of these holds while callers sleep: a thread leads, and passes on; or the client's
 * thread looks; or a caller sleeps for 50 ms at most, and then looks. The client's thread does not
 * look while it runs actions, so it passes on before.
 *
 * <p>Each pair of fields below that a sleeper and its waker use is written by one before it reads
 * the other's: {@code asleep} and {@code parked}; {@code leader} and the call's own {@code done}.
 */
final class ReaderTurns {

    /** How long after the last poll the callers count as reading. */
    private static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** How soon a thread looks again whether another one reads, if none leads. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** After so many waits without an answer while polling, few of the waits poll. */
    static final int MISSES_TO_REST = 8;

    /** One of so many waits polls then, as things may have changed. */
    static final int RESTS = 16;

    /** Held by the thread that is in the selector, or connects. */
    final ReentrantLock leading = new ReentrantLock();

    private final AtomicInteger pollers = new AtomicInteger();
    private final AtomicInteger asleep = new AtomicInteger();

    /** Calls whose callers sleep and could lead. */
    private final ConcurrentLinkedDeque<SyncCall> sleepers = new ConcurrentLinkedDeque<>();

    /** When a caller polled last with success. */
    private volatile long lastPoll = System.nanoTime() - REST_NANOS;

    /** The call of the caller that leads; null if the client's thread leads, or none does. */
    private volatile @Nullable SyncCall leader;

    /** Whether the client's thread is in the selector. */
    private volatile boolean threadLeads;

    /** Whether the client's thread sleeps until it is woken, or only for a rest. */
    private volatile boolean parked;

    private volatile boolean resting;

    /** Whether the client's thread runs actions, and looks after nothing. */
    private volatile boolean away;

    private volatile @Nullable Thread thread;
    private volatile @Nullable Selector selector;

    /** Waits without an answer while polling, in a row; and those since the last that polled. */
    private int misses; // several threads may change these at once, and lose a change

    private int rested;

    /** The client's thread begins. */
    void begin(Thread self) {
        thread = self;
    }

    /** The selector was opened. */
    void selectIn(Selector opened) {
        selector = opened;
    }

    boolean isThread() {
        return Thread.currentThread() == thread;
    }

    /** Wakes the client's thread, if it is parked or in the selector. */
    void wakeThread() {
        if (isThread()) {
            return;
        }
        if (parked || resting) {
            LockSupport.unpark(thread);
        }
        if (threadLeads) {
            wakeSelector();
        }
    }

    /** Wakes the client's thread if it sleeps until it is woken: then it looks after rests. */
    void wakeParked() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** Wakes the thread in the selector; if none is there, has the client's thread look. */
    void wakeReader() {
        wakeSelector();
        wakeThread();
    }

    private void wakeSelector() {
        Selector current = selector;
        if (current != null) {
            current.wakeup();
        }
    }

    /** Wakes the caller of a call that has ended, if it is in the selector. */
    void wakeLeader(PendingCall call) {
        if ((leader == call || (threadLeads && call.isOf(thread)))
                && !leading.isHeldByCurrentThread()) {
            wakeSelector();
        }
    }

    private boolean callersPoll() {
        return pollers.get() > 0 || System.nanoTime() - lastPoll < REST_NANOS;
    }

    /** Whether a blocked caller or a thread that waits for a future sleeps. */
    boolean isCallerAsleep() {
        return asleep.get() > 0;
    }

    /**
     * Polls until something is done, as long as answers come soon, if there is a place to poll.
     *
     * @param poll reads once; returns whether anything came
     */
    @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy; nothing relies on it
    void spin(BooleanSupplier done, BooleanSupplier poll, Timeout limit) {
        if (isToRest() || !SpinPlaces.take()) {
            return;
        }
        rested = 0;
        pollers.incrementAndGet();
        boolean over = false;
        try {
            long last = System.nanoTime();
            while (!over && !done.getAsBoolean()) {
                boolean read = poll.getAsBoolean();
                if (!done.getAsBoolean()) {
                    long now = System.nanoTime();
                    if (read) {
                        last = now;
                    } else {
                        Thread.yield();
                    }
                    over =
                            now - last > SpinPlaces.SPIN_NANOS
                                    || limit.isOver()
                                    || Thread.currentThread().isInterrupted();
                }
            }
            // It may soon poll again; or it goes to sleep, and does not wait for another poller.
            lastPoll = System.nanoTime() - (over ? REST_NANOS : 0);
        } finally {
            misses = over ? misses + 1 : 0;
            SpinPlaces.leave();
            pollers.decrementAndGet();
        }
    }

    /** Whether polling was of no use lately, and this wait is not one of those that try it. */
    private boolean isToRest() {
        return misses >= MISSES_TO_REST && ++rested < RESTS;
    }

    /** A caller is about to sleep for a call. */
    void fallAsleep(SyncCall call) {
        if (!isVirtual() && !isThread()) {
            sleepers.add(call); // first, as there may be no memory for it
        }
        call.fallAsleep();
        asleep.incrementAndGet();
    }

    /** A caller sleeps no more. */
    void wakeUp(SyncCall call) {
        boolean unused = sleepers.remove(call);
        asleep.decrementAndGet();
        call.wakeUp();
        passOn(); // also if this caller has not led: it may be the one that was to lead next
    }

    /** A virtual thread would take its carrier with it into the selector. */
    static boolean isVirtual() {
        Thread self = Thread.currentThread();
        return self.getClass() != Thread.class
                && self.getClass().getName().equals("java.lang.VirtualThread");
    }

    /**
     * Sleeps until a call has ended, or for another reason; leads if no thread reads. Without a
     * connection that works there is nothing to lead: the client's thread makes one.
     *
     * @param current the connection; null if there is none
     * @param lead what to do in the selector
     */
    void sleep(SyncCall call, @Nullable ServerConnection current, Timeout limit, Runnable lead) {
        boolean works = current != null && !current.isBroken();
        if (works && !isVirtual() && !callersPoll() && leading.tryLock()) {
            try {
                leader = call;
                if (!call.isDone()) {
                    lead.run();
                }
            } finally {
                leader = null;
                leading.unlock();
            }
            return;
        }
        if (!works) {
            wakeThread(); // to connect
        } else if (!leading.isLocked()) {
            wakeParked(); // to look again after a rest
        }
        if (!call.isDone()) {
            // Who leads passes on when it leaves. Who polls does not: one has to look after that,
            // and the client's thread may be away.
            boolean looks = works && !leading.isLocked();
            park(looks ? limit.atMost(LOOK_NANOS) : limit);
        }
    }

    private void park(Timeout limit) {
        if (limit.isLimited()) {
            LockSupport.parkNanos(this, limit.remainingNanos());
        } else {
            LockSupport.park(this);
        }
    }

    /** Whether the leader has to go on: no thread polls, or it has to wait for room as well. */
    boolean mustLead(ServerConnection current) {
        return !current.isBroken() && (current.isFull() || !callersPoll());
    }

    /** Waits in the selector for something to read, or for room; for the leader. */
    void select(ServerConnection current, Timeout limit) throws IOException {
        Selector opened = selector;
        if (opened == null) {
            return;
        }
        current.awaitAlsoRoom(current.isFull());
        Consumer<SelectionKey> noteRoom = selected -> current.noteRoom(selected.isWritable());
        if (limit.isLimited()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(limit.remainingNanos());
            int unused = opened.select(noteRoom, millis + 1);
        } else {
            int unused = opened.select(noteRoom);
        }
    }

    /** Has another thread read, now that this one does not lead any more. */
    private void passOn() {
        if (leading.isLocked()) {
            return; // another one leads already
        }
        SyncCall next = null;
        try {
            next = pollers.get() == 0 || away ? firstWithoutAnswer() : null;
        } catch (OutOfMemoryError e) {
            wakeParked(); // it looks then
        }
        if (next != null) {
            next.unpark();
        } else if (pollers.get() > 0 || sleepers.isEmpty()) {
            wakeParked();
        } // else all have their answers, and the last of them does this again when it leaves
    }

    /** The client's thread runs actions from now on, which may take long; callers read. */
    void leave() {
        away = true;
        passOn();
    }

    /** The client's thread has run actions, and looks after the callers again. */
    void comeBack() {
        away = false;
    }

    /** Returns the call that has slept longest without an answer; null if there is none. */
    private @Nullable SyncCall firstWithoutAnswer() {
        for (SyncCall call : sleepers) {
            if (!call.isDone()) {
                return call;
            }
        }
        return null;
    }

    /** The calling thread is about to sleep until another has completed its future. */
    void fallAsleepForFuture() {
        asleep.incrementAndGet();
        lastPoll = System.nanoTime() - REST_NANOS; // no thread polls for it any more
        wakeThread();
    }

    void wakeUpForFuture() {
        asleep.decrementAndGet();
    }

    /**
     * One turn of the client's thread: leads if it has to, or sleeps.
     *
     * @param current the connection
     * @param unattended whether answers are to come for which no caller reads
     * @param busy whether there is something else to do for the thread
     * @param lead what to do in the selector
     */
    void guard(
            ServerConnection current,
            BooleanSupplier unattended,
            BooleanSupplier busy,
            Runnable lead) {
        parked = true;
        try {
            if (busy.getAsBoolean()) {
                return;
            }
            boolean wanted = current.isFull() || asleep.get() > 0 || unattended.getAsBoolean();
            if (leading.isLocked() || !wanted) {
                LockSupport.park(this);
                return;
            }
            if (!current.isFull() && !callersPoll() && !sleepers.isEmpty()) {
                SyncCall next = firstWithoutAnswer();
                if (next != null) {
                    next.unpark(); // it leads
                }
                LockSupport.parkNanos(this, LOOK_NANOS); // callers that leave pass on
                return;
            }
        } finally {
            parked = false;
        }
        if (busy.getAsBoolean()) {
            return;
        }
        if (!current.isFull() && callersPoll()) {
            rest(busy);
            return;
        }
        if (leading.tryLock()) {
            threadLeads = true;
            try {
                if (!busy.getAsBoolean()) {
                    lead.run();
                }
            } finally {
                threadLeads = false;
                leading.unlock();
                passOn();
            }
        } else {
            rest(busy);
        }
    }

    private void rest(BooleanSupplier busy) {
        resting = true;
        try {
            if (!busy.getAsBoolean()) {
                LockSupport.parkNanos(this, REST_NANOS);
            }
        } finally {
            resting = false;
        }
    }

    /** Parks the client's thread until it is woken, or for a while, unless there is work. */
    void parkThread(BooleanSupplier busy, long nanos) {
        parked = true;
        try {
            if (!busy.getAsBoolean()) {
                park(Timeout.ofNanos(nanos));
            }
        } finally {
            parked = false;
        }
    }
}
