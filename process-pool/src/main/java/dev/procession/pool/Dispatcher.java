package dev.procession.pool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.Codec;
import dev.procession.core.failure.Outcome;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ExitStatus;
import dev.procession.core.launch.LaunchOptions;
import dev.procession.core.wire.AdaptiveSpin;
import dev.procession.core.wire.LaneEnd;
import dev.procession.core.wire.LaneHandle;
import dev.procession.core.wire.Message;
import dev.procession.core.wire.Waiter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The heart of a pool: the queue of tasks, the workers, and one thread that hears them.
 *
 * <p>A task goes from the submitter's thread straight into a worker's ring when a worker is free,
 * or ahead into the ring of a busy one, up to a few; the rest waits in the queue. A worker that
 * runs dry gets what others have ahead. Outcomes are read by the dispatcher's thread alone, which
 * also settles futures, reaps the dead and starts their replacements.
 *
 * <p>One lock guards the queue and the slots; nothing blocks under it and no user code runs under
 * it. Futures are settled after it is released.
 */
final class Dispatcher implements Runnable {

    private static final int LANE_BYTES = 1 << 18;
    private static final int BATCH = 256;
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How far the pool's end has come. */
    private enum Phase {
        /** Takes tasks. */
        RUNNING,
        /** Takes none, and finishes those it has. */
        SHUTDOWN,
        /** Has told its workers to exit. */
        STOPPING
    }

    private record Death(WorkerSlot slot, ExitStatus status) {}

    private record Arrival(WorkerSlot slot, Message message) {}

    private record Settlement(Task task, Outcome outcome) {}

    private final LaunchOptions options;
    private final Codec codec;
    private final Thread thread;
    private final Queue<Death> deaths = new ConcurrentLinkedQueue<>();
    private final CountDownLatch terminated = new CountDownLatch(1);
    private final AdaptiveSpin pause = new AdaptiveSpin();

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Board board;

    @GuardedBy("lock")
    private Phase phase = Phase.RUNNING;

    private volatile WorkerSlot[] open = {};
    private volatile @Nullable Waiter waiter;

    Dispatcher(LaunchOptions options, Codec codec, int workers) {
        this.options = options;
        this.codec = codec;
        this.board = new Board(workers);
        thread = new Thread(null, this, options.name() + "-dispatcher");
        thread.setDaemon(false);
    }

    void start() {
        thread.start();
    }

    /** Made late, for its first descriptors take long in a JVM that is cold. */
    private Waiter waiter() throws IOException {
        lock.lock();
        try {
            Waiter made = waiter;
            if (made == null) {
                made = new Waiter();
                waiter = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        Waiter made = waiter;
        if (made != null) {
            made.wakeup();
        }
    }

    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Accepts a task: it is on its way to a worker, or waits, when this returns. */
    void accept(Task task) {
        Moves moves = new Moves();
        lock.lock();
        try {
            if (phase != Phase.RUNNING) {
                throw new RejectedExecutionException("the pool was shut down: " + options.name());
            }
            board.add(task);
            board.assign(moves);
        } finally {
            lock.unlock();
        }
        carryOut(moves);
    }

    /** Without the lock: starting takes milliseconds, and a failing future runs users' code. */
    private void carryOut(Moves moves) {
        startAll(moves.starts());
        for (Moves.Failure failure : moves.failures()) {
            failure.task().future().completeExceptionally(failure.cause());
        }
    }

    /** Starts all workers that are not there. */
    int startAllWorkers() {
        List<WorkerSlot> starts = new ArrayList<>();
        lock.lock();
        try {
            for (WorkerSlot slot : board.slots()) {
                if (phase == Phase.RUNNING && !slot.isLive()) {
                    slot.reserve();
                    starts.add(slot);
                }
            }
        } finally {
            lock.unlock();
        }
        startAll(starts);
        return starts.size();
    }

    /** Starts workers in reserved slots; without the lock, for it takes milliseconds. */
    private void startAll(List<WorkerSlot> starts) {
        for (WorkerSlot slot : starts) {
            try {
                start(slot);
            } catch (IOException | RuntimeException e) {
                startFailed(slot, e);
            }
        }
    }

    private void start(WorkerSlot slot) throws IOException {
        ChildJvm jvm =
                ChildJvm.start(
                        options.named(options.name() + "-" + slot.index()),
                        WorkerMain.class,
                        bytes -> {});
        try {
            LaneHandle handle = slot.openLane(LANE_BYTES);
            jvm.begin(WorkerMain.payload(slot.index(), handle));
            started(slot, jvm);
        } catch (IOException | RuntimeException e) {
            jvm.kill();
            throw e;
        }
    }

    private void started(WorkerSlot slot, ChildJvm jvm) throws IOException {
        Moves moves = new Moves();
        lock.lock();
        try {
            slot.started(jvm);
            listen(slot);
            if (phase == Phase.STOPPING) {
                slot.drain(System.nanoTime() + EXIT_NANOS);
            } else {
                board.assign(moves);
            }
        } finally {
            lock.unlock();
        }
        jvm.onExit(
                status -> {
                    deaths.add(new Death(slot, status));
                    wake();
                });
        carryOut(moves);
    }

    /** Hears a slot from now on; until its worker dies, nobody touches its lane otherwise. */
    @GuardedBy("lock")
    private void listen(WorkerSlot slot) throws IOException {
        waiter().add(lane(slot));
        WorkerSlot[] more = Arrays.copyOf(open, open.length + 1);
        more[open.length] = slot;
        open = more;
        wake();
    }

    /** Leaves a dead worker's lane to whoever starts the next one in this slot. */
    @GuardedBy("lock")
    private void unlisten(WorkerSlot slot) throws IOException {
        waiter().remove(lane(slot));
        List<WorkerSlot> left = new ArrayList<>(List.of(open));
        left.remove(slot);
        open = left.toArray(new WorkerSlot[0]);
    }

    private void startFailed(WorkerSlot slot, Exception cause) {
        List<Task> failed;
        lock.lock();
        try {
            slot.died();
            failed = countStartFailure(false);
        } finally {
            lock.unlock();
        }
        wake();
        fail(failed, cause);
    }

    /** Backs off, or gives up: then returns the tasks that wait in vain. */
    @GuardedBy("lock")
    private List<Task> countStartFailure(boolean killed) {
        boolean giveUp = board.starting().failed(killed, System.nanoTime());
        if (!giveUp || board.isServed()) {
            return List.of();
        }
        board.starting().succeeded(); // the next task tries again
        return board.takeWaiting();
    }

    private void fail(List<Task> tasks, Throwable cause) {
        for (Task task : tasks) {
            task.future()
                    .completeExceptionally(
                            new BrokenProcessPoolException(
                                    "no worker could be started, several times in a row: pool="
                                            + options.name(),
                                    cause));
        }
    }

    @Override
    public void run() {
        try {
            startFirst();
            while (!isOver()) {
                boolean worked = receive();
                worked |= reap();
                killTheStubborn();
                carryOut(refill());
                if (!worked) {
                    sleep();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            log().log(Level.ERROR, "the pool " + options.name() + " cannot go on", e);
            abort(e);
        } finally {
            close();
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
            WorkerSlot slot = board.slots().get(0);
            if (phase == Phase.RUNNING && !slot.isLive()) {
                slot.reserve();
                first = List.of(slot);
            }
        } finally {
            lock.unlock();
        }
        startAll(first);
        rehearse();
    }

    /** Loads what the first outcome takes, while the first worker comes up. */
    private void rehearse() {
        Outcome outcome = Outcome.success(0, codec);
        Arrival arrival =
                new Arrival(
                        new WorkerSlot(0),
                        new Message(LaneMessage.RETURNED.wire(), 0, outcome.body()));
        TaskFuture<Object> future = new TaskFuture<>(0, this, null);
        Task task = new Task(0, arrival.message().payload(), (Runnable) this, future);
        settle(new Settlement(task, outcome).task().future(), outcome);
    }

    /** Reads outcomes and settles their futures; false when there were none. */
    private boolean receive() throws IOException {
        List<Arrival> arrivals = new ArrayList<>();
        for (WorkerSlot slot : open) {
            readAll(slot, arrivals);
        }
        if (arrivals.isEmpty()) {
            return false;
        }
        settle(arrivals);
        return true;
    }

    private void readAll(WorkerSlot slot, List<Arrival> arrivals) {
        try {
            Message message;
            int count = 0;
            while (count++ < BATCH && (message = slot.receive()) != null) {
                arrivals.add(new Arrival(slot, message));
            }
        } catch (IOException e) {
            // What a worker writes is not believed: this one ends, and its task fails with it.
            log().log(Level.WARNING, "worker " + slot.index() + " is killed: " + e, e);
            lock.lock();
            try {
                slot.kill();
            } finally {
                lock.unlock();
            }
        }
    }

    private void settle(List<Arrival> arrivals) throws IOException {
        List<Settlement> settlements = new ArrayList<>(arrivals.size());
        Moves moves = new Moves();
        lock.lock();
        try {
            for (Arrival arrival : arrivals) {
                WorkerSlot slot = arrival.slot();
                Message message = arrival.message();
                LaneMessage type = LaneMessage.of(message);
                if (type == LaneMessage.READY) {
                    board.starting().succeeded();
                    slot.ready();
                    continue;
                }
                Task task = slot.finish(message.id());
                if (task != null) {
                    boolean returned = type == LaneMessage.RETURNED;
                    settlements.add(new Settlement(task, new Outcome(returned, message.payload())));
                }
            }
            // Before the futures, so that the workers have work while the results are decoded.
            board.assign(moves);
        } finally {
            lock.unlock();
        }
        carryOut(moves);
        for (Settlement settlement : settlements) {
            settle(settlement.task().future(), settlement.outcome());
        }
    }

    private void settle(TaskFuture<Object> future, Outcome outcome) {
        if (future.isDone()) {
            return; // cancelled
        }
        try {
            if (outcome.isSuccess()) {
                future.returned(outcome.value(codec));
            } else {
                future.completeExceptionally(outcome.thrown(codec));
            }
        } catch (Throwable e) { // decoding runs user code; it fails this future and no other
            future.completeExceptionally(e);
        }
    }

    /** Deals with workers that have died; false when there were none. */
    private boolean reap() throws IOException {
        Death death;
        boolean any = false;
        while ((death = deaths.poll()) != null) {
            any = true;
            reap(death.slot(), death.status());
        }
        return any;
    }

    private void reap(WorkerSlot slot, ExitStatus status) throws IOException {
        List<Arrival> lastWords = new ArrayList<>();
        int before;
        do {
            before = lastWords.size();
            readAll(slot, lastWords);
        } while (lastWords.size() > before);
        settle(lastWords);
        Task victim;
        List<Task> failed = List.of();
        lock.lock();
        try {
            victim = slot.load() == 0 ? null : slot.begunTask();
            List<Task> left = slot.abandon();
            boolean expected = slot.state() == WorkerState.DRAINING;
            boolean cameUp = slot.wasReady();
            unlisten(slot);
            slot.died();
            if (victim != null) {
                long lost = victim.id();
                left.removeIf(task -> task.id() == lost);
            }
            board.addFirst(left); // were only sent ahead
            if (!cameUp && !expected) {
                failed = countStartFailure(ExitCode.signal(status.code()) != 0);
            }
        } finally {
            lock.unlock();
        }
        String name = options.name() + "-" + slot.index();
        if (victim != null) {
            victim.future().completeExceptionally(status.asFailure(name, "task " + victim.id()));
        }
        if (!failed.isEmpty()) {
            fail(failed, status.asFailure(name, "its start"));
        }
    }

    private void killTheStubborn() {
        lock.lock();
        try {
            long now = System.nanoTime();
            for (WorkerSlot slot : board.slots()) {
                if (slot.killAt() != Long.MAX_VALUE && now - slot.killAt() >= 0) {
                    slot.kill();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends what waits, evens out what is ahead, and moves the pool's end on. */
    private Moves refill() {
        Moves moves = new Moves();
        lock.lock();
        try {
            board.assign(moves);
            if (!board.hasWaiting()) {
                board.evenOut(moves);
            }
            if (phase == Phase.SHUTDOWN && !board.hasWaiting() && board.load() == 0) {
                phase = Phase.STOPPING;
                for (WorkerSlot slot : board.slots()) {
                    slot.drain(System.nanoTime() + EXIT_NANOS);
                }
            }
            return moves;
        } finally {
            lock.unlock();
        }
    }

    private void sleep() throws IOException {
        if (pause.spin(this::isAnythingThere)) {
            return;
        }
        Waiter bed = waiter();
        WorkerSlot[] all = open;
        for (WorkerSlot slot : all) {
            lane(slot).announceRead();
        }
        try {
            if (!isAnythingThere()) {
                bed.await(SLEEP_NANOS);
            }
        } finally {
            for (WorkerSlot slot : all) {
                lane(slot).endRead();
            }
        }
    }

    private static LaneEnd lane(WorkerSlot slot) {
        LaneEnd lane = slot.lane();
        if (lane == null) {
            throw new IllegalStateException("an open slot has a lane: index=" + slot.index());
        }
        return lane;
    }

    private boolean isAnythingThere() {
        for (WorkerSlot slot : open) {
            if (lane(slot).isReady()) {
                return true;
            }
        }
        return !deaths.isEmpty();
    }

    /** The user has cancelled a future; its task is taken back, or stopped if need be. */
    void cancelled(TaskFuture<?> future, boolean mayInterrupt) {
        lock.lock();
        try {
            for (WorkerSlot slot : board.slots()) {
                if (slot.load() > 0 && slot.recall(future)) {
                    break;
                }
                long killTime = System.nanoTime() + ProcessPoolExecutor.CANCEL_GRACE.toNanos();
                if (mayInterrupt && slot.interrupt(future, killTime)) {
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    void shutdown() {
        lock.lock();
        try {
            if (phase == Phase.RUNNING) {
                phase = Phase.SHUTDOWN;
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Takes all tasks back that have not begun, and stops those that have. */
    List<Task> shutdownNow() {
        List<Task> never = new ArrayList<>();
        lock.lock();
        try {
            if (phase == Phase.RUNNING) {
                phase = Phase.SHUTDOWN;
            }
            long killTime = System.nanoTime() + ProcessPoolExecutor.CANCEL_GRACE.toNanos();
            for (WorkerSlot slot : board.slots()) {
                if (slot.load() > 0) {
                    never.addAll(slot.recall(Integer.MAX_VALUE));
                    Task begun = slot.begunTask();
                    if (begun != null) {
                        slot.interrupt(begun.future(), killTime);
                    }
                }
            }
            never.addAll(board.takeWaiting());
        } finally {
            lock.unlock();
        }
        wake();
        return never;
    }

    boolean isShutdown() {
        lock.lock();
        try {
            return phase != Phase.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    List<WorkerInfo> workers() {
        lock.lock();
        try {
            List<WorkerInfo> infos = new ArrayList<>();
            for (WorkerSlot slot : board.slots()) {
                WorkerInfo info = slot.info();
                if (info.pid() >= 0) {
                    infos.add(info);
                }
            }
            return infos;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            if (phase != Phase.STOPPING) {
                return false;
            }
            for (WorkerSlot slot : board.slots()) {
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
        List<Task> left = shutdownNow();
        lock.lock();
        try {
            phase = Phase.STOPPING;
            for (WorkerSlot slot : board.slots()) {
                left.addAll(slot.abandon());
                slot.kill();
            }
        } finally {
            lock.unlock();
        }
        for (Task task : left) {
            task.future().completeExceptionally(cause);
        }
    }

    private void close() {
        try {
            lock.lock();
            try {
                for (WorkerSlot slot : board.slots()) {
                    slot.closeLane();
                }
            } finally {
                lock.unlock();
            }
            waiter().close();
        } catch (IOException e) {
            log().log(Level.WARNING, "the pool's descriptors could not be closed", e);
        } finally {
            terminated.countDown();
        }
    }

    /** Not a constant: loading the logging takes 20 ms of a cold start. */
    private static System.Logger log() {
        return System.getLogger(Dispatcher.class.getName());
    }
}
