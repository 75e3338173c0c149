package dev.procession.program;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.queue.ProcessQueue;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;

/** A pool, and a queue, without a manager. */
public final class PoolAlone {

    private PoolAlone() {}

    /** What travels, there and back. */
    private record Point(int x, int y) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** Uses a pool, and says that it works. */
    public static void main(String[] args) throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            use(pool);
        }
        System.out.println("the pool works");
    }

    /**
     * Uses a pool.
     *
     * @throws Exception if anything is not as it should be
     */
    public static void use(ProcessPoolExecutor pool) throws Exception {
        int captured = 6;
        require(42, pool.submit(() -> captured * 7).get());
        Point point = new Point(1, 2);
        require(new Point(2, 1), pool.submit(() -> new Point(point.y(), point.x())).get());
        require(List.of(2, 3, 4), pool.map(i -> i + 1, List.of(1, 2, 3)).toList());
        try {
            Object value = pool.submit(PoolAlone::fail).get();
            throw new AssertionError("a task that throws has returned " + value);
        } catch (ExecutionException e) {
            require(IllegalStateException.class, e.getCause().getClass());
            require("as it should", e.getCause().getMessage());
        }
        try (ProcessQueue<String> queue = ProcessQueue.create(10)) {
            pool.submit(() -> queue.put("from a worker")).get();
            require("from a worker", queue.take());
        }
    }

    private static int fail() {
        throw new IllegalStateException("as it should");
    }

    /** Fails unless the two are equal. */
    static void require(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected " + expected + ", not " + actual);
        }
    }
}
