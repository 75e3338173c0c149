package dev.procession.samples;

import dev.procession.core.Futures;
import dev.procession.pool.ProcessPoolExecutor;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * {@code submit}, {@code isDone}, {@code get}, {@code asCompleted} and {@code map}, by a pool of
 * threads and by a pool of processes: only the line that makes the pool differs.
 */
public final class SameCode {

    private static final int WORKERS = 2;

    private SameCode() {}

    /**
     * Runs the sample. The exit status is 0 if both pools returned the right results.
     *
     * @param args ignored
     * @throws Exception if a task failed
     */
    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    static boolean run(PrintStream out) throws Exception {
        out.println("threads:");
        boolean right = use(Executors.newFixedThreadPool(WORKERS), out);
        out.println("processes:");
        return use(new ProcessPoolExecutor(WORKERS), out) && right;
    }

    private static boolean use(ExecutorService pool, PrintStream out) throws Exception {
        try {
            Future<Integer> one = pool.submit(new Squaring(7));
            out.printf("  submitted; done already: %s%n", one.isDone());
            int square = one.get();
            out.printf("  result %d; done now: %s%n", square, one.isDone());

            List<Future<Integer>> futures = new ArrayList<>();
            for (int number = 1; number <= 4; number++) {
                futures.add(pool.submit(new Squaring(number)));
            }
            int sum = 0;
            for (Future<Integer> future : Futures.asCompleted(futures).toList()) {
                out.printf("  completed: %d%n", future.get());
                sum += future.get();
            }

            List<Integer> numbers = IntStream.rangeClosed(1, 5).boxed().toList();
            List<Integer> squares = Futures.map(pool, SameCode::square, numbers).toList();
            out.printf("  in the order of the items: %s%n", squares);
            return square == 49 && sum == 30 && squares.equals(List.of(1, 4, 9, 16, 25));
        } finally {
            pool.shutdown();
        }
    }

    static int square(int number) {
        return number * number;
    }
}
