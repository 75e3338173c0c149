package dev.procession.samples;

import dev.procession.core.ChildProcess;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.queue.ProcessQueue;
import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Uses one queue in three ways, each time by the same two methods: by threads of this JVM, by a
 * producer and a consumer process, and by the tasks of a pool.
 *
 * <p>Python passes a {@code multiprocessing.Queue} only to a process that it starts; a task of a
 * {@code ProcessPoolExecutor} cannot get it. Here a task captures it like any other object. The
 * methods know only {@link BlockingQueue}, so an {@link ArrayBlockingQueue} works too where threads
 * are enough.
 */
public final class Queues {

    private static final int NUMBERS = 20_000;
    private static final int END = -1;
    private static final long SUM = (long) NUMBERS * (NUMBERS - 1) / 2;

    private Queues() {}

    /**
     * Runs the sample. The exit status is 0 if every sum was right.
     *
     * @param args ignored
     * @throws Exception if a task or child failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws Exception {
        boolean right = true;
        right &=
                check(out, "threads, ArrayBlockingQueue", byThreads(new ArrayBlockingQueue<>(100)));
        try (ProcessQueue<Integer> queue = ProcessQueue.create(100)) {
            right &= check(out, "threads, ProcessQueue", byThreads(queue));
            right &= check(out, "processes", byProcesses(queue));
            right &= check(out, "tasks of a pool", byTasks(queue));
        }
        return right;
    }

    private static boolean check(PrintStream out, String who, long sum) {
        out.printf("queue between %s: %d numbers, sum %d%n", who, NUMBERS, sum);
        return sum == SUM;
    }

    private static long byThreads(BlockingQueue<Integer> queue) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Long> sum = threads.submit(() -> consume(queue));
            threads.submit(() -> produce(queue)).get();
            return sum.get();
        } finally {
            threads.shutdown();
        }
    }

    private static long byProcesses(ProcessQueue<Integer> queue) throws Exception {
        ChildProcess<Long> consumer = ChildProcess.start(() -> consume(queue));
        ChildProcess<Integer> producer = ChildProcess.start(() -> produce(queue));
        producer.result();
        return consumer.result();
    }

    private static long byTasks(ProcessQueue<Integer> queue) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            Future<Long> sum = pool.submit(() -> consume(queue));
            pool.submit(() -> produce(queue)).get();
            return sum.get();
        }
    }

    private static int produce(BlockingQueue<Integer> queue) throws InterruptedException {
        for (int number = 0; number < NUMBERS; number++) {
            queue.put(number);
        }
        queue.put(END);
        return NUMBERS;
    }

    private static long consume(BlockingQueue<Integer> queue) throws InterruptedException {
        long sum = 0;
        for (int number = queue.take(); number != END; number = queue.take()) {
            sum += number;
        }
        return sum;
    }
}
