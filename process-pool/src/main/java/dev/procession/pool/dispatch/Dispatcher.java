package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.Codec;
import dev.procession.core.WorkerCrashedException;
import dev.procession.core.lane.Payload;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.life.Session;
import dev.procession.core.log.Log;
import dev.procession.core.time.Timeout;
import dev.procession.core.transfer.FailureCodec;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.pool.BrokenProcessPoolException;
import dev.procession.pool.WorkerInfo;
import dev.procession.pool.WorkerState;
import dev.procession.pool.protocol.LaneMessage;
import dev.procession.pool.protocol.StartMessage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The heart of a pool: the queue of tasks, the workers, and one thread that hears them.
 *
 * <p>A task goes from the submitter's thread straight into a worker's ring when a worker is free,
 * or ahead into the ring of a busy one, up to a few; the rest waits in the queue. A worker that
 * runs dry gets what others have ahead. Outcomes are read by the dispatcher's thread alone, which
 * also reaps the dead and starts their replacements. It never runs users' code: futures are told by
 * those who wait for them, or by the {@link Completer}.
 *
 * <p>One lock guards the queue and the slots; nothing blocks under it and no user code runs under
 * it.
 *
 * <p>The life of a pool, from the first worker to the last, is one story on one thread, told here;
 * what decides is in {@link Scheduler} and {@link PeriodicChecks}, and that thread's sleep in
 * {@link LaneListener}.
 */
public final class Dispatcher implements Runnable, LivePools.Pool {

    private static final Log LOG = Log.of(Dispatcher.class);

    private static final int LANE_BYTES = 1 << 18;
    private static final int BATCH = 256;

    /** So much of one worker is read before the others have their turn. */
    private static final int BATCH_BYTES = 4 << 20;

    /** What an initializer threw is told up to this size. */
    private static final int MAX_INITIALIZER_FAILURE_BYTES = 1 << 20;

    private static final long UNKNOWN = -2;

    /** So many passes in a row may fail, so long apart, before the pool is given up. */
    private static final int MOST_FAILURES = 50;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A century: what is added to a clock must not overflow. */
    private static final long LONGEST_HOOK_NANOS = TimeUnit.DAYS.toNanos(36_500);

    private static final long FINISH_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How far the pool's end has come. */
    private enum Phase {
        /** Takes tasks. */
        RUNNING,
        /** Takes none, and finishes those it has. */
        SHUTDOWN,
        /** Has told its workers to exit. */
        STOPPING
    }

    /**
     * A worker's end; with what kept this process from hearing it, if that was why it was killed.
     */
    private record Death(WorkerSlot slot, ExitStatus status, Optional<Throwable> cause) {}

    private final PoolOptions options;
    private final Thread thread;
    private final Completer completer;
    private final PoolCounters counters = new PoolCounters();
    private final Queue<Death> deaths = new ConcurrentLinkedQueue<>();

    private final ReceiveQueue received = new ReceiveQueue();

    private final CountDownLatch terminated = new CountDownLatch(1);
    private final LaneListener lanes;
    private final StarterThread starter;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition room = lock.newCondition();

    @GuardedBy("lock")
    private final Scheduler scheduler;

    @GuardedBy("lock")
    private final PeriodicChecks periodicChecks;

    @GuardedBy("lock")
    private Phase phase = Phase.RUNNING;

    /** Tasks that were accepted and have neither ended nor been cancelled. */
    @GuardedBy("lock")
    private int acceptedTasks;

    /** Set when tasks are no longer repeated. */
    @GuardedBy("lock")
    private boolean retriesDisabled;

    /** Whether Flight Recorder hears of tasks; for the dispatcher's thread. */
    private final FlightRecorderStatus flightRecorder = new FlightRecorderStatus();

    /** How often the kernel had killed for want of memory; for the dispatcher's thread. */
    private long outOfMemoryKills = UNKNOWN;

    /** The phase is not RUNNING; to be read without the lock. */
    private volatile boolean shutDown;

    /** Until when an exit hook waits for the end, on the clock of nanoTime; once one does. */
    private volatile Optional<Long> exitHooksWaitUntil = Optional.empty();

    /** When the dispatcher's thread will look at its clocks at the latest. */
    private volatile long nextCheck = System.nanoTime();

    /** Makes a future of no task, with which the dispatcher's thread rehearses the first result. */
    private final Function<Dispatcher, TaskPromise> rehearsed;

    /**
     * Makes the parts of a pool, and starts nothing.
     *
     * @param rehearsed makes a future of no task, with which the dispatcher's thread rehearses the
     *     first result
     */
    public Dispatcher(PoolOptions options, Function<Dispatcher, TaskPromise> rehearsed) {
        this.rehearsed = rehearsed;
        this.options = options;
        this.scheduler = new Scheduler(options);
        this.periodicChecks = new PeriodicChecks(scheduler, options, counters);
        this.completer = new Completer(options.name());
        thread = new Thread(null, this, options.name() + "-dispatcher");
        thread.setDaemon(false);
        this.lanes = new LaneListener(thread, deaths);
        this.starter = new StarterThread(options.name());
    }

    /** Starts the dispatcher's thread. */
    public void start() {
        LivePools.add(this);
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) { // no thread is to be had
                LivePools.remove(this);
            }
        }
    }

    private void wake() {
        lanes.wake();
    }

    PoolCounters counters() {
        return counters;
    }

    /**
     * Accepts a task: it is on its way to a worker, or waits, when this returns. False when the
     * queue is full for so long.
     */
    public boolean accept(Task task, long nanos) throws InterruptedException {
        Decisions decisions = new Decisions();
        boolean wakeNow;
        lock.lock();
        try {
            if (!awaitRoom(nanos)) {
                return false;
            }
            acceptedTasks++;
            counters.submitted();
            scheduler.add(task);
            scheduler.assign(decisions);
            wakeNow = isEarlier(task.timeoutNanos());
        } finally {
            lock.unlock();
            carryOut(decisions); // also what was decided before something failed
        }
        if (wakeNow) {
            wake();
        }
        return true;
    }

    /** True if the queue is not full. */
    public boolean hasRoom() {
        if (options.queueCapacity() == 0) {
            return true;
        }
        lock.lock();
        try {
            return isRoom();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a task would come in; false when none would for so long. */
    public boolean awaitRoomOnly(long nanos) throws InterruptedException {
        if (options.queueCapacity() == 0) {
            return true;
        }
        lock.lock();
        try {
            boolean there = awaitRoom(nanos);
            if (there) {
                room.signal(); // this thread may have taken the signal of one that waits to come in
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean isRoom() {
        return options.queueCapacity() == 0
                || acceptedTasks < options.queueCapacity() + scheduler.limit();
    }

    private boolean isEarlier(long timeoutNanos) {
        return timeoutNanos != Timeout.FOREVER && System.nanoTime() + timeoutNanos - nextCheck < 0;
    }

    /** Waits until another task may come in; refuses it if that will never be. */
    @GuardedBy("lock")
    private boolean awaitRoom(long nanos) throws InterruptedException {
        long remainingNanos = nanos;
        while (true) {
            if (phase != Phase.RUNNING) {
                throw new RejectedExecutionException("the pool was shut down: " + options.name());
            }
            if (isRoom()) {
                return true;
            }
            if (remainingNanos <= 0) {
                return false;
            }
            if (remainingNanos == Timeout.FOREVER) {
                room.await();
            } else {
                remainingNanos = room.awaitNanos(remainingNanos);
            }
        }
    }

    /** Without the lock: starting takes milliseconds, and a future that ends runs users' code. */
    private void carryOut(Decisions decisions) {
        if (Thread.currentThread() != thread) {
            startAll(decisions.starts());
        } else if (!decisions.starts().isEmpty()) {
            startOnStarterThread(decisions.starts());
        }
        for (Decisions.ProtocolError each : decisions.killed()) {
            reportProtocolError(each.worker(), each.cause());
        }
        if (decisions.endings().isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (Decisions.Ending ending : decisions.endings()) {
                removeFromPool(ending.task());
            }
        } finally {
            lock.unlock();
        }
        for (Decisions.Ending ending : decisions.endings()) {
            deliverSafely(ending.task(), ending.settlement());
        }
    }

    private void deliverSafely(Task task, Settlement settlement) {
        try {
            deliver(task.promise(), settlement);
        } catch (Throwable e) { // one future's; the others of this pass are told
            LOG.report(Level.ERROR, "cannot tell " + task.description(), e);
        }
    }

    private void startOnStarterThread(List<WorkerSlot> starts) {
        try {
            starter.execute(() -> startAll(starts));
        } catch (Throwable e) { // no thread is to be had: then no worker either, for now
            for (WorkerSlot slot : starts) {
                startFailed(slot, e);
            }
        }
    }

    /** The task takes no room any more. */
    @GuardedBy("lock")
    private void removeFromPool(Task task) {
        if (task.markRemoved()) {
            task.ends().abandon(); // nobody will attach any more
            task.forget();
            acceptedTasks--;
            room.signal();
        }
    }

    private void deliver(TaskPromise future, Settlement settlement) {
        if (future.settle(settlement)) {
            return; // a thread that waits for it does the rest
        }
        Delivery delivery = new Delivery(future);
        if (future.hasDependents()) {
            completer.run(delivery);
        } else {
            completer.runLater(delivery, System.nanoTime());
            if (Thread.currentThread() != thread) {
                wake(); // it looks after the completer
            }
        }
    }

    /** The thread that was to tell this future cannot. */
    public void deliverSoon(TaskPromise future) {
        completer.run(new Delivery(future));
    }

    private record Delivery(TaskPromise future) implements Runnable {
        @Override
        public void run() {
            future.deliver();
        }
    }

    /** Starts workers until there are so many. */
    int startWorkers(int most) {
        ArrayList<WorkerSlot> starts = new ArrayList<>();
        lock.lock();
        try {
            scheduler.starting().tryAgain();
            while (phase == Phase.RUNNING && scheduler.occupied() < most) {
                WorkerSlot slot = scheduler.startable();
                if (slot == null) {
                    break;
                }
                starts.ensureCapacity(starts.size() + 1);
                slot.reserve(false);
                starts.add(slot);
            }
        } finally {
            lock.unlock();
        }
        startAll(starts);
        return starts.size();
    }

    public int startAllWorkers() {
        int limit;
        lock.lock();
        try {
            limit = scheduler.limit();
        } finally {
            lock.unlock();
        }
        return startWorkers(limit);
    }

    public void resize(int workers) {
        lock.lock();
        try {
            scheduler.resize(workers);
            room.signalAll();
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Starts workers in reserved slots; without the lock, for it takes milliseconds. */
    private void startAll(List<WorkerSlot> starts) {
        for (WorkerSlot slot : starts) {
            try {
                start(slot);
            } catch (Throwable e) { // no thread is to be had, say; the slot has to be free again
                startFailed(slot, e);
            }
        }
    }

    private void start(WorkerSlot slot) throws IOException {
        ChildJvm jvm =
                ChildJvm.start(
                        options.launch()
                                .named(slot.name())
                                .withVariable(
                                        LeftoverProcesses.VARIABLE,
                                        LeftoverProcesses.inherited(slot.mark())),
                        options.entryPoint(),
                        () -> payload(slot),
                        bytes -> {});
        // From here on the worker may run tasks, so its end goes the way of all ends, by reap().
        CompletableFuture<Optional<Throwable>> heard = new CompletableFuture<>();
        jvm.onExit(
                status -> {
                    CompletableFuture<Void> unused =
                            heard.thenAccept(cause -> died(new Death(slot, status, cause)));
                });
        Optional<Throwable> cause = Optional.empty();
        try {
            started(slot, jvm);
        } catch (Throwable e) { // no descriptor is to be had, say
            cause = Optional.of(e);
            jvm.kill();
        }
        try {
            jvm.watch();
        } catch (Throwable e) { // no thread is to be had, say; it is dead
            cause = Optional.of(e);
        }
        heard.complete(cause);
        LivePools.workerStarted();
    }

    private void died(Death death) {
        deaths.add(death);
        wake();
    }

    private byte[] payload(WorkerSlot slot) throws IOException {
        return StartMessage.encode(slot.index(), slot.openLane(LANE_BYTES), options.setup());
    }

    private void started(WorkerSlot slot, ChildJvm jvm) throws IOException {
        Decisions decisions = new Decisions();
        lock.lock();
        try {
            slot.started(jvm);
            counters.workerStarted();
            lanes.add(slot);
            if (phase == Phase.STOPPING) {
                slot.drain(PeriodicChecks.EXIT_NANOS);
            } else {
                scheduler.assign(decisions);
            }
        } finally {
            lock.unlock();
            carryOut(decisions); // also what was decided before something failed
        }
    }

    private void startFailed(WorkerSlot slot, Throwable cause) {
        Decisions decisions = new Decisions();
        lock.lock();
        try {
            slot.died();
            countStartFailure(StartPolicy.Failure.SHORTAGE, () -> cause, decisions);
        } finally {
            lock.unlock();
            carryOut(decisions); // also what was decided before something failed
        }
        wake();
    }

    /** Backs off, or gives up: then the tasks that wait would wait in vain. */
    @GuardedBy("lock")
    private void countStartFailure(
            StartPolicy.Failure failure, Supplier<? extends Throwable> cause, Decisions decisions) {
        boolean last = !scheduler.isStarting();
        StartPolicy policy = scheduler.starting();
        if (!policy.failed(failure, cause, last, System.nanoTime())) {
            return;
        }
        if (scheduler.isServed()) {
            policy.continueWithRunningWorkers();
            return;
        }
        Supplier<? extends Throwable> reason = policy.reason(cause);
        policy.giveUp();
        Settlement broken =
                new Settlement.Failed(
                        () -> new BrokenProcessPoolException(options.name(), reason.get()));
        Task task;
        while ((task = scheduler.nextWaiting()) != null) {
            Decisions.Ending ending = decisions.prepare(task, broken);
            scheduler.remove(task);
            task.ends().takeBack();
            decisions.ended(ending);
        }
    }

    @Override
    public void run() {
        try {
            startFirst();
            int failures = 0;
            while (!isOver()) {
                try {
                    pass();
                    failures = 0;
                } catch (Throwable e) { // for want of memory, say: that passes, or never does
                    if (++failures == MOST_FAILURES) {
                        throw e;
                    }
                    LOG.report(Level.WARNING, options.name() + " tries again what failed", e);
                    LockSupport.parkNanos(RETRY_NANOS);
                }
            }
        } catch (Throwable e) {
            try {
                abort(e);
            } finally {
                LOG.report(Level.ERROR, "the pool " + options.name() + " cannot go on", e);
            }
        } finally {
            close();
        }
    }

    /** Sees to all that has come and is due, or sleeps until there is something. */
    private void pass() throws IOException {
        boolean worked = receive();
        worked |= reap();
        long sleepNanos = refill();
        completer.run(System.nanoTime());
        if (worked) {
            counters.flush();
            if (outOfMemoryKills == UNKNOWN) {
                outOfMemoryKills = OutOfMemoryKills.count(); // late, for a cold start waits
            }
        } else {
            sleepNanos =
                    completer.hasJobs() ? Math.min(sleepNanos, Completer.DELAY_NANOS) : sleepNanos;
            nextCheck = System.nanoTime() + sleepNanos;
            lanes.sleep(sleepNanos);
        }
    }

    /**
     * The first worker starts with the pool, beside the submitter's first task being encoded: both
     * take long in a JVM that is cold.
     */
    private void startFirst() {
        List<WorkerSlot> first = List.of();
        lock.lock();
        try {
            WorkerSlot slot = scheduler.slots().get(0);
            if (phase == Phase.RUNNING && !slot.isLive()) {
                slot.reserve(false);
                first = List.of(slot);
            }
        } finally {
            lock.unlock();
        }
        startAll(first);
        rehearse(rehearsed.apply(this));
        if (options.minWorkers() > 1) {
            startWorkers(options.minWorkers());
        }
    }

    /** Loads what the first outcome takes, while the first worker comes up. */
    private void rehearse(TaskPromise future) {
        Payload payload = Payload.of(TaskOutcome.success(0, options.codec()).body());
        boolean unused = future.settle(new Settlement.Sent(true, payload, options.codec()));
        future.deliver();
    }

    /** Reads outcomes and settles their futures; false when there were none. */
    private boolean receive() {
        boolean any;
        try {
            for (WorkerSlot slot : lanes.slots()) {
                readSome(slot);
            }
        } finally { // also what was read before memory was short
            any = received.size() > 0;
            if (any) {
                settle();
            }
        }
        return any;
    }

    private void readSome(WorkerSlot slot) {
        try {
            int count = 0;
            long bytes = 0;
            while (count++ < BATCH && bytes < BATCH_BYTES && slot.hasMessage()) {
                bytes += read(slot);
            }
        } catch (OutOfMemoryError e) { // this process's own; the next pass reads it
            throw e;
        } catch (Throwable e) { // a worker's doing; nothing of it may reach its neighbours
            killForProtocolError(slot, e);
        }
    }

    /** Reads a message that is there; its size. */
    private int read(WorkerSlot slot) throws IOException {
        ReceivedMessage message = new ReceivedMessage(slot);
        slot.receive(message);
        received.add(message);
        return message.payload().length();
    }

    /** What a worker writes is not believed: this one ends, and what it has begun fails with it. */
    private void killForProtocolError(WorkerSlot slot, Throwable cause) {
        lock.lock();
        try {
            slot.killForProtocolError();
        } finally {
            lock.unlock();
        }
        reportProtocolError(slot.name(), cause);
    }

    private static void reportProtocolError(String worker, Throwable cause) {
        LOG.report(Level.WARNING, worker + " is killed, for it sent: " + cause, cause);
    }

    private void settle() {
        Decisions decisions = new Decisions();
        lock.lock();
        try {
            handleAll(System.nanoTime(), decisions);
            // Before the futures, so that the workers have work while the results are decoded.
            scheduler.assign(decisions);
        } finally {
            lock.unlock();
            carryOut(decisions); // also what was decided before something failed
        }
    }

    /** Hears what has arrived. What this process has no memory for is heard again. */
    @GuardedBy("lock")
    private void handleAll(long now, Decisions decisions) {
        ReceivedMessage message;
        while ((message = received.first()) != null) {
            try {
                handle(message, now, decisions);
                received.removeFirst();
            } catch (OutOfMemoryError e) {
                throw e;
            } catch (Throwable e) { // one worker's message; those after it make no sense either
                message.slot().killForProtocolError();
                received.discardAllOf(message.slot());
                decisions.killed().add(new Decisions.ProtocolError(message.slot().name(), e));
            }
        }
    }

    @GuardedBy("lock")
    private void handle(ReceivedMessage message, long now, Decisions decisions) throws IOException {
        switch (message.type()) {
            case READY -> {
                scheduler.starting().cameUp();
                message.slot().ready();
            }
            case INITIALIZER_FAILED -> handleInitializerFailure(message.slot(), message.payload());
            case RETURNED, RETURNED_BYTES, THREW -> handleOutcome(message, now, decisions);
            default -> throw new IOException("unexpected from a worker: " + message.type());
        }
    }

    @GuardedBy("lock")
    private void handleInitializerFailure(WorkerSlot slot, Payload failure) throws IOException {
        if (failure.length() <= MAX_INITIALIZER_FAILURE_BYTES) {
            try {
                slot.initializerFailure(failure.take());
            } catch (OutOfMemoryError e) {
                // Then its exit code has to do as well.
            }
        } else {
            failure.discard(); // then its exit code has to do
        }
    }

    /** Allocates first, and changes something last. */
    @GuardedBy("lock")
    private void handleOutcome(ReceivedMessage message, long now, Decisions decisions) {
        WorkerSlot slot = message.slot();
        Task task = slot.underWay(message.id());
        if (task == null) {
            message.payload().discard();
            return;
        }
        if (task.isOver()) {
            message.payload().discard();
            slot.finish(message.id(), now);
            removeFromPool(task); // cancelled, or out of time
            return;
        }
        Decisions.Ending ending =
                decisions.prepare(task, settlement(message.type(), message.payload()));
        boolean returned = message.type() != LaneMessage.THREW;
        long nanos = message.nanos();
        long waited = now - task.submitted() - nanos;
        if (flightRecorder.isOn()) {
            String what = task.description();
            new TaskEvent(options.name(), what, slot.index(), returned, nanos, waited).commit();
        }
        slot.finish(message.id(), now);
        decisions.ended(ending);
        counters.ended(returned, nanos, waited);
    }

    private Settlement settlement(LaneMessage type, Payload payload) {
        return type == LaneMessage.RETURNED_BYTES
                ? new Settlement.Value(payload)
                : new Settlement.Sent(type == LaneMessage.RETURNED, payload, options.codec());
    }

    /** Deals with workers that have died; false when there were none. */
    private boolean reap() {
        Death death;
        boolean any = false;
        while ((death = deaths.peek()) != null) {
            any = true;
            if (death.slot().isRunBy(death.status().pid())) {
                reap(death);
            } // else an earlier pass failed after it had reaped this one
            deaths.remove();
        }
        return any;
    }

    private void reap(Death death) {
        WorkerSlot slot = death.slot();
        ExitStatus status = death.status();
        int before;
        do {
            before = received.size();
            readSome(slot);
        } while (received.size() > before);
        settle();
        Crash crash = crash(slot, status);
        Decisions decisions = new Decisions();
        boolean expected;
        Supplier<String> loss;
        LeftoverProcesses leftovers;
        lock.lock();
        try {
            leftovers = new LeftoverProcesses(slot.mark()); // soon the slot may have another worker
            Task victim = slot.begunTask();
            List<Task> begun = slot.begunTasks();
            List<Task> unbegun = slot.unbegunTasks();
            decisions.reserve(begun.size() + unbegun.size());
            expected = slot.state() == WorkerState.DRAINING;
            boolean cameUp = slot.wasReady();
            byte[] initializerFailure = slot.initializerFailure();
            Supplier<Throwable> refusal =
                    initializerFailure == null
                            ? crash::asItStarted
                            : () -> decode(initializerFailure);
            loss = () -> loss(crash, cameUp, victim, initializerFailure).getMessage();
            lanes.remove(slot);
            slot.abandon();
            waitAgain(unbegun, decisions);
            for (Task task : begun) {
                failOrRepeat(task, crash, decisions);
            }
            slot.died(); // if something fails before, this death is dealt with once more
            if (death.cause().isPresent()) {
                countStartFailure(StartPolicy.Failure.SHORTAGE, death.cause()::get, decisions);
            } else if (!cameUp && (!expected || slot.isUnreadable())) {
                countStartFailure(
                        ExitCode.signal(status.code()) != 0 && !slot.isUnreadable()
                                ? StartPolicy.Failure.KILLED
                                : StartPolicy.Failure.REFUSAL,
                        refusal,
                        decisions);
            }
        } finally {
            lock.unlock();
            carryOut(decisions); // also what was decided before something failed
        }
        if (status.code() != ExitCode.DONE.code()) {
            counters.workerLost();
            completer.run(new DeathReport(options.log(), loss, expected, leftovers));
        }
    }

    /** For the log. */
    private static WorkerCrashedException loss(
            Crash crash,
            boolean cameUp,
            @Nullable Task victim,
            byte @Nullable [] initializerFailure) {
        if (cameUp) {
            return crash.during(victim == null ? "no task" : victim.description());
        }
        return initializerFailure == null
                ? crash.asItStarted()
                : crash.asItStarted(decode(initializerFailure));
    }

    /** Tells a kill by the kernel for want of memory from others by its own count of them. */
    private Crash crash(WorkerSlot slot, ExitStatus status) {
        boolean byKernel = false;
        if (ExitCode.signal(status.code()) == Crash.KILL && !slot.wasKilled()) {
            long before = outOfMemoryKills;
            outOfMemoryKills = OutOfMemoryKills.count();
            byKernel = before >= 0 && outOfMemoryKills > before;
        }
        return new Crash(slot.name(), status, byKernel);
    }

    private static Throwable decode(byte[] failure) {
        return FailureCodec.decode(ByteBuffer.wrap(failure), Codec.standard());
    }

    /** Puts back what was only sent ahead to a worker that died. */
    @GuardedBy("lock")
    private void waitAgain(List<Task> unbegun, Decisions decisions) {
        try {
            scheduler.addFirst(unbegun);
        } catch (OutOfMemoryError e) { // nobody else knows of these any more
            for (Task task : unbegun) {
                scheduler.remove(task);
                decisions.ended(task, new Settlement.Failed(() -> e));
            }
        }
    }

    /** Deals with a task whose worker died after it had begun it and before its outcome came. */
    @GuardedBy("lock")
    private void failOrRepeat(Task victim, Crash crash, Decisions decisions) {
        try {
            if (victim.isOver()) {
                removeFromPool(
                        victim); // cancelled, or out of time: that is why its worker was killed
            } else if (!retriesDisabled && victim.crashed(crash.during(victim.description()))) {
                counters.retried();
                scheduler.addFirst(List.of(victim));
            } else {
                counters.crashed();
                List<WorkerCrashedException> before = victim.crashes();
                decisions.ended(victim, new Settlement.Failed(() -> crash.last(victim, before)));
            }
        } catch (OutOfMemoryError e) { // nobody else knows of this task any more
            decisions.ended(victim, new Settlement.Failed(() -> e));
        }
    }

    /**
     * Does what is due, sends what waits, evens out what is ahead, and moves the pool's end on.
     * Returns for how long nothing will be due.
     */
    private long refill() {
        Decisions decisions = new Decisions();
        long sleepNanos;
        lock.lock();
        try {
            long now = System.nanoTime();
            sleepNanos = periodicChecks.run(now, decisions);
            scheduler.assign(decisions);
            if (!scheduler.hasWaiting()) {
                scheduler.rebalance(decisions);
            }
            if (phase == Phase.SHUTDOWN && !scheduler.hasWaiting() && scheduler.load() == 0) {
                phase = Phase.STOPPING;
                scheduler.keepNoSpare();
                for (WorkerSlot slot : scheduler.slots()) {
                    slot.drain(PeriodicChecks.EXIT_NANOS);
                }
            }
        } finally {
            lock.unlock();
            carryOut(decisions); // also what was decided before something failed
        }
        return sleepNanos;
    }

    /** The user has cancelled a future; its task is taken back, or stopped if need be. */
    public void cancelled(Task task, boolean mayInterrupt) {
        counters.cancelled();
        takeBackOrStop(task, mayInterrupt);
    }

    /** Nobody waits for this task's value any more: it leaves if it has not begun. */
    public void takeBackOrStop(Task task, boolean mayInterrupt) {
        lock.lock();
        try {
            WorkerSlot slot = task.slot();
            if (slot == null || takeBack(slot, task)) {
                scheduler.remove(task);
                removeFromPool(task);
            } else if (mayInterrupt && !slot.isStopping(task)) {
                scheduler.addFirst(slot.stop(task, options.graceNanos()));
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Takes back all that the worker has not begun; true if this task is among it. */
    @GuardedBy("lock")
    private boolean takeBack(WorkerSlot slot, Task task) {
        if (slot.hasBegun(task)) {
            return false;
        }
        List<Task> recalled = slot.recall();
        boolean found = recalled.remove(task);
        scheduler.addFirst(recalled);
        return found;
    }

    public double progress(Task task) {
        lock.lock();
        try {
            WorkerSlot slot = task.slot();
            return slot != null && slot.hasBegun(task) ? slot.progress() : 0;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void refuseMore() {
        if (phase == Phase.RUNNING) {
            phase = Phase.SHUTDOWN;
            shutDown = true;
        }
    }

    public void shutdown() {
        lock.lock();
        try {
            refuseMore();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** How the tasks that run are ended. */
    public enum Force {
        /** By an interrupt, and SIGKILL after the grace period. */
        INTERRUPT,
        /** By SIGTERM to their workers, and SIGKILL after the grace period. */
        TERMINATE,
        /** By SIGKILL to their workers. */
        KILL
    }

    /** Takes all tasks back that have not begun, and stops those that have. */
    public List<Task> shutdownNow(Force force) {
        List<Task> never = new ArrayList<>();
        lock.lock();
        try {
            refuseMore();
            retriesDisabled = true;
            scheduler.keepNoSpare();
            for (WorkerSlot slot : scheduler.slots()) {
                never.addAll(stop(slot, force));
            }
            never.addAll(scheduler.takeWaiting());
            for (Task task : never) {
                task.ends().takeBack(); // the caller may run it
                removeFromPool(task);
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
        wake();
        return never;
    }

    @GuardedBy("lock")
    private List<Task> stop(WorkerSlot slot, Force force) {
        List<Task> never = new ArrayList<>(slot.recall());
        Task begun = slot.begunTask();
        switch (force) {
            case INTERRUPT -> {
                if (begun != null) {
                    slot.stop(begun, options.graceNanos());
                }
            }
            case TERMINATE -> slot.terminate(options.graceNanos());
            case KILL -> slot.kill();
        }
        return never;
    }

    public boolean isShutdown() {
        return shutDown;
    }

    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        if (!isTerminated() && Session.isProcessEnding()) {
            long nanos = Timeout.nanos(timeout, unit);
            exitHooksWaitUntil(nanos == Timeout.FOREVER ? LivePools.UNLIMITED_NANOS : nanos);
        }
        return terminated.await(timeout, unit);
    }

    private synchronized void exitHooksWaitUntil(long nanos) {
        long until = System.nanoTime() + Math.min(nanos, LONGEST_HOOK_NANOS);
        long before = exitHooksWaitUntil.orElse(until);
        exitHooksWaitUntil = Optional.of(until - before > 0 ? until : before);
    }

    /** This JVM ends: no task comes in any more, none is repeated, no worker is started. */
    @Override
    public void processEnds() {
        lock.lock();
        try {
            refuseMore();
            retriesDisabled = true;
            scheduler.startNoMore();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Waits for the end as long as exit hooks do, or for a moment, in which they may begin to. */
    @Override
    public void awaitExitHooks(long headStart) {
        boolean ended = false;
        while (!ended) {
            // A hook that has waited in vain may end what runs in its own way just then.
            long until =
                    exitHooksWaitUntil
                            .map(time -> Math.max(time + LivePools.HEAD_START_NANOS, headStart))
                            .orElse(headStart);
            if (System.nanoTime() - until >= 0) {
                return;
            }
            ended = awaitEnd(Math.min(until, System.nanoTime() + POLL_NANOS));
        }
    }

    /** False when the pool has not ended by then. */
    @Override
    public boolean awaitEnd(long deadline) {
        try {
            return terminated.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true; // whoever interrupts the hooks is in a hurry
        }
    }

    /** Ends what runs by SIGTERM, and cancels what has not begun. */
    @Override
    public void endTasks() {
        if (isTerminated()) {
            return;
        }
        for (Task task : shutdownNow(Force.TERMINATE)) {
            try {
                boolean unused = task.promise().cancel();
            } catch (Throwable e) { // an action of the user's
                LOG.report(Level.WARNING, "a callback of " + options.name() + " failed", e);
            }
        }
    }

    public List<WorkerInfo> workers() {
        lock.lock();
        try {
            List<WorkerInfo> infos = new ArrayList<>();
            for (WorkerSlot slot : scheduler.slots()) {
                WorkerInfo info = slot.info();
                if (info != null) {
                    infos.add(info);
                }
            }
            return infos;
        } finally {
            lock.unlock();
        }
    }

    public TaskCounts counts() {
        int running = 0;
        int queued;
        lock.lock();
        try {
            for (WorkerSlot slot : scheduler.slots()) {
                if (slot.begunTask() != null) {
                    running++;
                }
            }
            queued = scheduler.waiting() + scheduler.load() - running;
        } finally {
            lock.unlock();
        }
        return new TaskCounts(queued, running, counters.snapshot());
    }

    private boolean isOver() {
        lock.lock();
        try {
            if (phase != Phase.STOPPING) {
                return false;
            }
            for (WorkerSlot slot : scheduler.slots()) {
                if (slot.isLive()) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Something is wrong with the pool itself: nobody shall wait for it in vain. */
    private void abort(Throwable cause) {
        List<Task> lost = shutdownNow(Force.KILL);
        lock.lock();
        try {
            phase = Phase.STOPPING;
            for (WorkerSlot slot : scheduler.slots()) {
                lost.addAll(slot.abandon());
            }
        } finally {
            lock.unlock();
        }
        for (Task task : lost) {
            deliverSafely(task, new Settlement.Failed(() -> cause));
        }
    }

    private void close() {
        try {
            lock.lock();
            try {
                for (WorkerSlot slot : scheduler.slots()) {
                    slot.closeLane();
                }
            } finally {
                lock.unlock();
            }
            lanes.close();
        } catch (IOException e) {
            // When this process ends, its directory may have gone before.
            LOG.report(
                    Session.isProcessEnding() ? Level.DEBUG : Level.WARNING,
                    "the pool's descriptors could not be closed",
                    e);
        } finally {
            LivePools.remove(this);
            starter.finish(FINISH_NANOS);
            completer.finish(FINISH_NANOS);
            terminated.countDown();
            completer.doRest();
        }
    }
}
