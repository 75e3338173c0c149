package dev.procession.monitor.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.log.Log;
import dev.procession.core.snapshot.MachineSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.TaskEnded;
import dev.procession.core.snapshot.TasksEnded;
import dev.procession.monitor.look.Programs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all programs twice a second while a page is open, and sends what it sees to all pages.
 * It rests for nine times as long as a look took, so it never takes more than a tenth of one
 * processor.
 */
final class Sampler implements AutoCloseable {

    /** How many pages may be open at a time. */
    static final int MAX_PAGES = 8;

    private static final long PAUSE_MILLIS = 500;
    private static final long MAX_PAUSE_MILLIS = 1000;
    private static final int PAUSES_OF_A_LOOK = 9;

    /** A page that is loaded again misses nothing. */
    private static final long GO_ON_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For how long the page shows an ended task. */
    private static final long SHOWN_MILLIS = TimeUnit.MINUTES.toMillis(1);

    /** How many ended tasks of a program a look sends: those that failed or took longest. */
    private static final int MAX_ENDED = 300;

    /** Events that wait for a page; one that does not take them begins anew. */
    private static final int MAX_WAITING = 8;

    private static final Log LOG = Log.of(Sampler.class);

    private final ObjectMapper json = new ObjectMapper();
    private final History history = new History();

    @GuardedBy("this")
    private final Set<Subscription> subscriptions = new HashSet<>();

    @GuardedBy("this")
    private boolean running;

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private long lastLeft;

    /** What to ask for next, by session; used by the sampler's thread. */
    private final Map<String, Long> nextEnded = new HashMap<>();

    /** An open page. */
    final class Subscription implements AutoCloseable {

        private final BlockingQueue<byte[]> events = new ArrayBlockingQueue<>(MAX_WAITING);
        private volatile boolean tooSlow;

        private Subscription() {}

        private void offer(byte[] event) {
            if (!events.offer(event)) {
                tooSlow = true;
            }
        }

        boolean isTooSlow() {
            return tooSlow;
        }

        /**
         * Waits for the next event.
         *
         * @return null if there is none within the time
         * @throws IOException if the page did not take its events
         */
        byte @Nullable [] next(long seconds) throws IOException, InterruptedException {
            if (tooSlow) {
                throw new IOException("the page does not take its events");
            }
            return events.poll(seconds, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            synchronized (Sampler.this) {
                subscriptions.remove(this);
                lastLeft = System.nanoTime();
            }
        }
    }

    /** Opens a page, which gets the history first; null if there are too many. */
    synchronized @Nullable Subscription subscribe() throws IOException {
        if (closed || subscriptions.size() >= MAX_PAGES) {
            return null;
        }
        Subscription subscription = new Subscription();
        subscription.offer(event("history", history.all()));
        subscriptions.add(subscription);
        if (!running) {
            Thread unused = PageServer.start("procession-monitor-sampler", this::run);
            running = true;
        }
        return subscription;
    }

    private void run() {
        long pause = 0;
        while (rest(pause)) {
            long start = System.nanoTime();
            try {
                look();
            } catch (Throwable e) { // no descriptor, say; the pages show it
                LOG.report(Level.DEBUG, "a look at the programs failed", e);
                sendTrouble(e);
            }
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            pause = Math.min(MAX_PAUSE_MILLIS, Math.max(PAUSE_MILLIS, PAUSES_OF_A_LOOK * took));
        }
    }

    /** Waits until the next look is due; false if there is none, because no page is open. */
    private synchronized boolean rest(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closed) {
            if (subscriptions.isEmpty() && System.nanoTime() - lastLeft > GO_ON_NANOS) {
                break;
            }
            long nanos = until - System.nanoTime();
            if (nanos <= 0) {
                return true;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, nanos); // close() ends it
            } catch (InterruptedException e) {
                // User code may interrupt all threads; the pause just ends earlier.
                return true;
            }
        }
        running = false;
        return false;
    }

    private void look() throws IOException {
        MachineSnapshot machine = Programs.look();
        Map<String, List<TaskEnded>> ended = new HashMap<>();
        Map<String, Long> left = new HashMap<>();
        Set<String> sessions = new HashSet<>();
        for (ProgramSnapshot program : machine.programs()) {
            sessions.add(program.session());
            if (program.silent() == null && !program.pools().isEmpty()) {
                addEnded(program.session(), ended, left);
            }
        }
        nextEnded.keySet().retainAll(sessions);
        synchronized (this) {
            Map<String, Object> frame = new HashMap<>(history.add(machine, ended));
            frame.put("self", ProcessHandle.current().pid());
            frame.put("machine", machine);
            frame.put("ended", ended);
            frame.put("left", left);
            byte[] event = event("look", frame);
            subscriptions.forEach(subscription -> subscription.offer(event));
        }
    }

    private void addEnded(
            String session, Map<String, List<TaskEnded>> ended, Map<String, Long> left) {
        try {
            TasksEnded answer = Programs.tasksEnded(session, nextEnded.getOrDefault(session, 0L));
            nextEnded.put(session, answer.next());
            List<TaskEnded> tasks = new ArrayList<>(answer.tasks());
            long oldest = System.currentTimeMillis() - SHOWN_MILLIS;
            tasks.removeIf(task -> task.at() < oldest);
            tasks.sort(
                    Comparator.comparing((TaskEnded task) -> task.end().equals("returned"))
                            .thenComparing(Comparator.comparing(TaskEnded::runTime).reversed()));
            long more = Math.max(0, tasks.size() - MAX_ENDED);
            tasks = new ArrayList<>(tasks.subList(0, (int) (tasks.size() - more)));
            tasks.sort(Comparator.comparing(TaskEnded::number));
            ended.put(session, tasks);
            left.put(session, answer.lost() + more);
        } catch (IOException e) {
            LOG.report(Level.DEBUG, "a program did not tell its ended tasks", e);
        }
    }

    private synchronized void sendTrouble(Throwable reason) {
        try {
            byte[] event = event("trouble", Map.of("reason", reason.toString()));
            subscriptions.forEach(subscription -> subscription.offer(event));
        } catch (IOException e) {
            throw new AssertionError("a map of texts has a form in JSON", e);
        }
    }

    private byte[] event(String name, Object data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
        bytes.write(toJson(data)); // on one line
        bytes.write("\n\n".getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    byte[] toJson(Object data) throws JsonProcessingException {
        return json.writeValueAsBytes(data);
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll(); // rest()
    }
}
