package dev.procession.pool;

import java.util.concurrent.ExecutionException;

/** A program with a small heap whose workers have larger ones, and return more than it can hold. */
public final class SmallHeapParent {

    static final String LARGE = "large: ";
    static final String NEIGHBOUR = "neighbour: ";
    static final String AFTERWARDS = "afterwards: ";
    static final String DEPENDENT = "dependent: ";

    private static final int RESULT_BYTES = 200 << 20;

    private SmallHeapParent() {}

    /** Asks for two results that are too large, one by waiting and one by a dependent action. */
    public static void main(String[] args) throws Exception {
        try (ProcessPoolExecutor pool =
                ProcessPoolExecutor.builder().workers(2).jvmArgs("-Xmx1200m").build()) {
            TaskFuture<Integer> neighbour = pool.submit(SmallHeapParent::slow);
            TaskFuture<byte[]> large = pool.submit(() -> new byte[RESULT_BYTES]);
            System.out.println(LARGE + outcome(large));
            TaskFuture<long[]> completed = pool.submit(() -> new long[RESULT_BYTES / Long.BYTES]);
            String dependent = completed.handle((value, thrown) -> String.valueOf(thrown)).get();
            System.out.println(DEPENDENT + dependent);
            System.out.println(NEIGHBOUR + outcome(neighbour));
            System.out.println(AFTERWARDS + outcome(pool.submit(() -> 1)));
        }
    }

    private static int slow() throws InterruptedException {
        Thread.sleep(1000);
        return 2;
    }

    private static String outcome(TaskFuture<?> future) throws InterruptedException {
        try {
            return String.valueOf(future.get());
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }
}
