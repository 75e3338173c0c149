package dev.procession.bench.machine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The processor time of some processes up to a moment, as the kernel counts it.
 *
 * <p>Linux has two clocks for it. The clock of the threads, {@code /proc/PID/task/TID/schedstat},
 * counts nanoseconds, and loses a thread's time when the thread ends. The clock of the process,
 * {@code /proc/PID/stat}, loses no time, but has steps of 10 ms. This class uses the former, unless
 * it is so far from the latter that threads must have ended.
 *
 * @param processes by their pids; those that have ended are not in it
 */
public record CpuTimes(Map<Long, Times> processes) {

    /** {@code USER_HZ}, which is 100 wherever Linux runs. */
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / 100;

    /** The kernel rounds user time and system time each to whole ticks. */
    private static final long MOST_ROUNDING_NANOS = 2 * TICK_NANOS;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_USER_TIME = 13;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    /**
     * The times of one process.
     *
     * @param threadNanos the time of its living threads, to the nanosecond
     * @param processNanos the time of all threads that it ever had, to 20 ms
     * @param endedNanos the time of its ended children, and of theirs, to 20 ms
     */
    record Times(long threadNanos, long processNanos, long endedNanos) {

        private static final Times NONE = new Times(0, 0, 0);

        public long nanosSince(Times before) {
            long fine = threadNanos - before.threadNanos;
            long coarse = processNanos - before.processNanos;
            long own = Math.abs(fine - coarse) <= MOST_ROUNDING_NANOS ? fine : coarse;
            return own + endedNanos - before.endedNanos;
        }
    }

    /** The times of processes up to now, without processes that have ended; empty without /proc. */
    public static CpuTimes of(Collection<Long> pids) {
        Map<Long, Times> times = new HashMap<>();
        for (long pid : pids) {
            read(Path.of("/proc", Long.toString(pid))).ifPresent(read -> times.put(pid, read));
        }
        return new CpuTimes(times);
    }

    /** These and the times of other processes. */
    public CpuTimes and(CpuTimes others) {
        Map<Long, Times> all = new HashMap<>(processes);
        all.putAll(others.processes);
        return new CpuTimes(all);
    }

    /**
     * The processor time between an earlier moment and this one. A process that started meanwhile
     * counts from its start; the time of one that ended is in its parent's, less its time at the
     * earlier moment.
     */
    public long nanosSince(CpuTimes before) {
        long nanos = 0;
        for (Map.Entry<Long, Times> process : processes.entrySet()) {
            Times from = before.processes.getOrDefault(process.getKey(), Times.NONE);
            nanos += process.getValue().nanosSince(from);
        }
        for (Map.Entry<Long, Times> process : before.processes.entrySet()) {
            if (!processes.containsKey(process.getKey())) {
                Times ended = process.getValue();
                nanos -= ended.processNanos + ended.endedNanos;
            }
        }
        return Math.max(0, nanos);
    }

    private static Optional<Times> read(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            // The name, in brackets, may hold any character; words follow it.
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Optional.of(
                    new Times(
                            threadNanos(process.resolve("task")),
                            nanos(words, USER_TIME, SYSTEM_TIME),
                            nanos(words, CHILDREN_USER_TIME, CHILDREN_SYSTEM_TIME)));
        } catch (IOException e) {
            return Optional.empty(); // it has just ended, or there is no /proc
        }
    }

    private static long nanos(String[] words, int user, int system) {
        return (Long.parseLong(words[user]) + Long.parseLong(words[system])) * TICK_NANOS;
    }

    private static long threadNanos(Path tasks) throws IOException {
        long nanos = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                nanos += nanosOfThread(thread);
            }
        }
        return nanos;
    }

    private static long nanosOfThread(Path thread) {
        try {
            String schedstat = Files.readString(thread.resolve("schedstat"));
            return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
        } catch (IOException e) {
            return 0; // it has just ended, or the kernel has no schedstat
        }
    }
}
