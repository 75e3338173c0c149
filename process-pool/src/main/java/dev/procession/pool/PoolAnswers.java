package dev.procession.pool;

import dev.procession.core.link.Answers;
import dev.procession.core.snapshot.FailureSnapshot;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.Snapshots;
import dev.procession.core.snapshot.TaskSnapshot;
import dev.procession.core.snapshot.TimesSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import dev.procession.pool.dispatch.TaskStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What this process tells of its pools when it is asked: {@code pools}, {@code tasks-ended}, {@code
 * stack}, {@code cancel}. A pool that its program dropped without closing it is not kept alive.
 */
final class PoolAnswers implements Answers.Answer {

    private static final String POOLS_QUESTION = "pools";
    private static final String ENDED_QUESTION = "tasks-ended";
    private static final String STACK_QUESTION = "stack";
    private static final String CANCEL_QUESTION = "cancel";

    /** How many tasks of a pool are told; the others are counted. */
    private static final int MOST_TASKS = 500;

    private static final Map<ProcessPoolExecutor, Long> POOLS = new WeakHashMap<>();

    private static long lastNumber;

    private PoolAnswers() {}

    /** Tells of a pool from now on, until it has terminated. */
    static void add(ProcessPoolExecutor pool) {
        synchronized (POOLS) {
            if (lastNumber == 0) {
                Answers.Answer answers = new PoolAnswers();
                Answers.provide(POOLS_QUESTION, answers);
                Answers.provide(ENDED_QUESTION, answers);
                Answers.provide(STACK_QUESTION, answers);
                Answers.provide(CANCEL_QUESTION, answers);
            }
            POOLS.put(pool, ++lastNumber);
        }
    }

    @Override
    public byte[] to(String question, List<String> arguments) throws IOException {
        return switch (question) {
            case POOLS_QUESTION -> Snapshots.encode(pools());
            case ENDED_QUESTION ->
                    Snapshots.encode(List.of(TaskStream.since(number(arguments, 0))));
            case STACK_QUESTION -> text(find(arguments).stack((int) number(arguments, 1)));
            case CANCEL_QUESTION ->
                    text(String.valueOf(find(arguments).cancel(number(arguments, 1))));
            default -> throw new IllegalArgumentException("no such question: " + question);
        };
    }

    private static List<PoolSnapshot> pools() {
        List<PoolSnapshot> snapshots = new ArrayList<>();
        for (Map.Entry<ProcessPoolExecutor, Long> pool : live()) {
            snapshots.add(snapshot(pool.getKey(), pool.getValue()));
        }
        return snapshots;
    }

    private static List<Map.Entry<ProcessPoolExecutor, Long>> live() {
        synchronized (POOLS) {
            POOLS.keySet().removeIf(ProcessPoolExecutor::isTerminated);
            List<Map.Entry<ProcessPoolExecutor, Long>> live = new ArrayList<>();
            POOLS.forEach((pool, number) -> live.add(Map.entry(pool, number)));
            live.sort(Map.Entry.comparingByValue());
            return live;
        }
    }

    private static ProcessPoolExecutor find(List<String> arguments) {
        long number = number(arguments, 0);
        for (Map.Entry<ProcessPoolExecutor, Long> pool : live()) {
            if (pool.getValue() == number) {
                return pool.getKey();
            }
        }
        throw new IllegalArgumentException("the pool has ended: pool=" + number);
    }

    private static long number(List<String> arguments, int index) {
        if (index >= arguments.size()) {
            throw new IllegalArgumentException("an argument is missing: arguments=" + arguments);
        }
        return Long.parseLong(arguments.get(index));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static PoolSnapshot snapshot(ProcessPoolExecutor pool, long number) {
        PoolStats stats = pool.stats();
        List<TaskInfo> tasks = pool.tasks();
        int told = Math.min(tasks.size(), MOST_TASKS);
        return new PoolSnapshot(
                number,
                pool.name(),
                pool.limit(),
                pool.isShutdown(),
                stats.queued(),
                stats.running(),
                stats.submitted(),
                stats.succeeded(),
                stats.failed(),
                stats.cancelled(),
                stats.timedOut(),
                stats.crashed(),
                stats.retried(),
                stats.workersStarted(),
                stats.workersLost(),
                times(stats.runTime()),
                times(stats.waitTime()),
                map(pool.workers(), PoolAnswers::worker),
                map(tasks.subList(0, told), PoolAnswers::task),
                tasks.size() - told,
                map(pool.recentFailures(), PoolAnswers::failure));
    }

    private static <T, R> List<R> map(List<T> all, Function<T, R> each) {
        List<R> mapped = new ArrayList<>(all.size());
        for (T one : all) {
            mapped.add(each.apply(one));
        }
        return mapped;
    }

    private static TimesSnapshot times(DurationHistogram times) {
        return new TimesSnapshot(
                times.count(),
                seconds(times.mean()),
                seconds(times.percentile(50)),
                seconds(times.percentile(99)),
                seconds(times.max()));
    }

    private static WorkerSnapshot worker(WorkerInfo worker) {
        return new WorkerSnapshot(
                worker.index(),
                worker.pid(),
                worker.state().name(),
                worker.task(),
                seconds(worker.age()),
                worker.tasksDone(),
                worker.heapBytes(),
                worker.residentBytes(),
                ProcessHandle.of(worker.pid())
                        .flatMap(process -> process.info().totalCpuDuration())
                        .map(PoolAnswers::seconds)
                        .orElse(0.0),
                worker.restarts());
    }

    private static TaskSnapshot task(TaskInfo task) {
        return new TaskSnapshot(
                task.id(),
                task.name(),
                task.state().name(),
                task.worker().orElse(-1),
                task.attempt(),
                seconds(task.age()),
                task.progress());
    }

    private static FailureSnapshot failure(TaskFailure failure) {
        return new FailureSnapshot(
                failure.taskId(),
                failure.taskName(),
                failure.when().toEpochMilli(),
                failure.exception(),
                failure.message(),
                failure.stack(),
                failure.worker().orElse(-1));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
