package dev.procession.pool;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that has used up all but a few of the threads that its user may have. */
public final class FewThreadsParent {

    static final String SETTLED = "settled: ";
    static final String AFTERWARDS = "afterwards: ";

    /** The expected value of {@link #AFTERWARDS}. */
    static final String WELL = "22";

    static final String PROCESSES = "processes: ";

    /** The kernel's letter for a process that has ended and whose parent was not told yet. */
    private static final String DEAD = "Z";

    private static final int[] FREE = {0, 2, 4, 5, 6, 8};
    private static final int STACK_BYTES = 1 << 17;

    private final Deque<Filler> fillers = new ArrayDeque<>();

    /** These need a thread of the pool, so they may wait until one is available. */
    private final List<CompletableFuture<Integer>> dependents = new ArrayList<>();

    private FewThreadsParent() {}

    /** Submits tasks that need another worker, while more and more threads are available. */
    public static void main(String[] args) throws Exception {
        FewThreadsParent parent = new FewThreadsParent();
        // A JVM that gets no thread ends as after a crash, and reports it.
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder()
                        .workers(2)
                        .jvmArgs("-XX:ErrorFile=/dev/null")
                        .build()) {
            pool.submit(() -> 1).get();
            for (int free : FREE) {
                parent.useUp();
                parent.release(free);
                System.out.println(SETTLED + free + " " + parent.settle(pool));
            }
            parent.release(Integer.MAX_VALUE);
            System.out.println(AFTERWARDS + parent.settleWell(pool));
            for (CompletableFuture<Integer> dependent : parent.dependents) {
                dependent.handle((value, thrown) -> value).get(10, TimeUnit.SECONDS);
            }
            System.out.println(PROCESSES + awaitNoOthers(pool));
        }
    }

    private void useUp() {
        try {
            while (true) {
                Filler filler = new Filler();
                filler.thread.start();
                fillers.add(filler);
            }
        } catch (OutOfMemoryError e) {
            // That was the last one.
        }
    }

    private void release(int count) throws InterruptedException {
        for (int i = 0; i < count && !fillers.isEmpty(); i++) {
            fillers.remove().end();
        }
    }

    /** A thread that does nothing. */
    private static final class Filler implements Runnable {
        private final CountDownLatch released = new CountDownLatch(1);
        private final Thread thread = new Thread(null, this, "filler", STACK_BYTES);

        Filler() {
            thread.setDaemon(true);
        }

        @Override
        public void run() {
            try {
                released.await();
            } catch (InterruptedException e) {
                // It ends then as well.
            }
        }

        void end() throws InterruptedException {
            released.countDown();
            thread.join();
        }
    }

    /** Futures that a thread waits for, and one that has a dependent action. */
    private String settle(ProcessPoolExecutor pool) {
        TaskFuture<Integer> one = pool.submit(FewThreadsParent::task);
        TaskFuture<Integer> other = pool.submit(FewThreadsParent::task);
        CompletableFuture<Integer> dependent = pool.submit(() -> 1).thenApply(value -> value);
        dependents.add(dependent);
        return outcome(one) + outcome(other);
    }

    /** A worker that started with too few threads may still die of that. */
    private String settleWell(ProcessPoolExecutor pool) {
        String settled = settle(pool);
        for (int i = 0; i < 20 && !settled.equals(WELL); i++) {
            settled = settle(pool);
        }
        return settled;
    }

    private static int task() throws InterruptedException {
        Thread.sleep(20);
        return 2;
    }

    private static String outcome(TaskFuture<Integer> future) {
        try {
            return String.valueOf(future.join());
        } catch (CompletionException e) {
            return e.getCause().getClass().getSimpleName();
        }
    }

    /**
     * Returns the processes that live and that the pool does not know. A dead one may stay in the
     * kernel's table to the end of this program: the JDK creates a process, then the thread that
     * waits for it, and only the JDK can ask the kernel for its end.
     */
    private static List<String> awaitNoOthers(ProcessPoolExecutor pool) throws Exception {
        List<String> others = others(pool);
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                !others.isEmpty() && System.nanoTime() - end < 0;
                others = others(pool)) {
            Thread.sleep(50);
        }
        return others;
    }

    private static List<String> others(ProcessPoolExecutor pool) {
        Set<Long> known = pool.workers().stream().map(WorkerInfo::pid).collect(toSet());
        return ProcessHandle.current()
                .children()
                .filter(child -> !known.contains(child.pid()))
                .map(child -> child.pid() + " " + state(child.pid()))
                .filter(child -> !child.endsWith(DEAD))
                .toList();
    }

    /** Returns the kernel's letter for the state of a process. */
    private static String state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
        } catch (IOException e) {
            return DEAD; // and the JDK has been told
        }
    }
}
