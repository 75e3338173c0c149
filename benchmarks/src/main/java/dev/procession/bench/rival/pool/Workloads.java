package dev.procession.bench.rival.pool;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.core.SerializableCallable;
import dev.procession.pool.ProcessPoolExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The work for the comparison of executors: the same code for threads and processes. */
public final class Workloads {

    private static final int FIRST_FIB = 30;
    private static final int LAST_FIB = 39;

    /** Takes about a millisecond. */
    private static final int MILLISECOND_FIB = 26;

    /** Takes about ten microseconds. */
    private static final int SHORT_FIB = 17;

    private Workloads() {}

    /** Submits a lambda that captures an int and waits for its result, one at a time: in µs. */
    public static Figure submitAndGet(ExecutorService executor, int calls) throws Exception {
        return Latencies.of(
                calls, number -> check(number + 1L, executor.submit(increment(number)).get()));
    }

    /** Submits many lambdas, then waits for all of them: in tasks per second. */
    public static Figure submitThenAwait(ExecutorService executor, int tasks)
            throws InterruptedException, ExecutionException {
        List<Future<Integer>> futures = new ArrayList<>(tasks);
        long start = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            futures.add(executor.submit(increment(i)));
        }
        long total = 0;
        for (Future<Integer> future : futures) {
            total += future.get();
        }
        long nanos = System.nanoTime() - start;
        check(tasks * (tasks + 1L) / 2, total);
        return Figure.of(tasks * (double) TimeUnit.SECONDS.toNanos(1) / nanos);
    }

    /** Computes fib(30) to fib(39), each a task, some times over: in seconds each time. */
    public static Figure fib(ExecutorService executor, int times)
            throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            List<Future<Long>> numbers = new ArrayList<>();
            for (int index = FIRST_FIB; index <= LAST_FIB; index++) {
                long argument = index;
                numbers.add(executor.submit(SerializableCallable.of(() -> fib(argument))));
            }
            long total = 0;
            for (Future<Long> number : numbers) {
                total += number.get();
            }
            // The sum of Fibonacci numbers telescopes.
            check(quickFib(LAST_FIB + 2) - quickFib(FIRST_FIB + 1), total);
        }
        return Figure.of((System.nanoTime() - start) / 1e9 / times);
    }

    /** Many tasks of about a millisecond of computing: in tasks a second. */
    public static Figure computeThenAwait(ExecutorService executor, int tasks)
            throws InterruptedException, ExecutionException {
        return computeThenAwait(
                executor,
                tasks,
                SerializableCallable.of(() -> fib(MILLISECOND_FIB)),
                MILLISECOND_FIB);
    }

    /** Many tasks of about ten microseconds of computing: in tasks a second. */
    public static Figure computeShortlyThenAwait(ExecutorService executor, int tasks)
            throws InterruptedException, ExecutionException {
        return computeThenAwait(
                executor, tasks, SerializableCallable.of(() -> fib(SHORT_FIB)), SHORT_FIB);
    }

    private static Figure computeThenAwait(
            ExecutorService executor, int tasks, SerializableCallable<Long> task, int argument)
            throws InterruptedException, ExecutionException {
        List<Future<Long>> futures = new ArrayList<>(tasks);
        long start = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            futures.add(executor.submit(task));
        }
        for (Future<Long> future : futures) {
            check(quickFib(argument), future.get());
        }
        return Figure.of(
                tasks * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - start));
    }

    /** Maps ints in chunks of the size that the pool chooses: in ints per second. */
    public static Figure map(ExecutorService executor, int amount) {
        List<Integer> items = IntStream.range(0, amount).boxed().toList();
        long start = System.nanoTime();
        long total;
        try (Stream<Integer> results = ((ProcessPoolExecutor) executor).map(i -> i + 1, items)) {
            total = results.mapToLong(Integer::longValue).sum();
        }
        long nanos = System.nanoTime() - start;
        check(amount * (amount + 1L) / 2, total);
        return Figure.of(amount * (double) TimeUnit.SECONDS.toNanos(1) / nanos);
    }

    /** Bytes to a task and back, one at a time: in µs. */
    public static Figure thereAndBack(ExecutorService executor, int bytes, int calls)
            throws Exception {
        byte[] sent = new byte[bytes];
        return Latencies.of(
                calls,
                number -> {
                    sent[0] = (byte) number;
                    byte[] back = executor.submit(SerializableCallable.of(() -> sent)).get();
                    check(sent.length, back.length);
                    check(sent[0], back[0]);
                });
    }

    private static SerializableCallable<Integer> increment(int number) {
        return () -> number + 1;
    }

    private static long fib(long index) {
        return index < 2 ? index : fib(index - 1) + fib(index - 2);
    }

    private static long quickFib(int index) {
        long current = 0;
        long next = 1;
        for (int i = 0; i < index; i++) {
            long sum = current + next;
            current = next;
            next = sum;
        }
        return current;
    }

    private static void check(long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException(
                    "a wrong result: expected=" + expected + ", actual=" + actual);
        }
    }
}
