package dev.procession.pool.dispatch;

import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.testing.Await;
import java.lang.reflect.Field;

/** The internal parts of a pool, for tests that make a rare order of events certain. */
final class PoolParts {

    private PoolParts() {}

    /** Returns the state of a pool, with its lock. */
    static PoolState state(ProcessPoolExecutor pool) {
        return part(pool, "state", PoolState.class);
    }

    /** Returns a part of the pool's dispatcher, by its field. */
    static <T> T part(ProcessPoolExecutor pool, String field, Class<T> type) {
        return type.cast(field(field(pool, "dispatcher"), field));
    }

    /** Returns the first worker of a pool. */
    static WorkerRun firstRun(ProcessPoolExecutor pool) {
        PoolState state = state(pool);
        state.lock.lock();
        try {
            return state.scheduler().runs().get(0);
        } finally {
            state.lock.unlock();
        }
    }

    /** Has a worker get so many tasks, as if it had shown that it needs a moment for each. */
    static void sendAll(ProcessPoolExecutor pool, WorkerRun run, int count) {
        PoolState state = state(pool);
        Await.until(
                () -> {
                    state.lock.lock();
                    try {
                        run.ran(1000);
                        run.restartHeadTime(System.nanoTime());
                        state.scheduler().assign(new Decisions());
                        return run.load() == count;
                    } finally {
                        state.lock.unlock();
                    }
                },
                "the worker has all tasks");
    }

    /** Returns the task of a future that is in the pool. */
    static Task task(TaskFuture<?> future) {
        return (Task) field(future, "task");
    }

    private static Object field(Object object, String name) {
        try {
            Field field = object.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
