package dev.procession.core.launch;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stacks of this process's threads. To make one loads the JDK's management classes, which
 * takes some milliseconds the first time, so one is made when a stack is asked for.
 */
public final class StackSampler {

    /** Of a deeper stack only the innermost frames are read: each takes memory of the heap. */
    private static final int DEEPEST = 1 << 14;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /**
     * Returns the stack of a thread as it is now.
     *
     * @param thread a thread of this process
     * @param work the id of what it does; 0 if nothing
     * @throws IllegalStateException if the thread has ended
     */
    public ThreadStack sample(Thread thread, long work) {
        boolean locks = threads.isObjectMonitorUsageSupported();
        ThreadInfo info =
                threads.getThreadInfo(new long[] {thread.getId()}, locks, false, DEEPEST)[0];
        if (info == null) {
            throw new IllegalStateException("the thread has ended: name=" + thread.getName());
        }
        StackTraceElement[] trace = info.getStackTrace();
        List<ThreadStack.Frame> frames = new ArrayList<>(trace.length);
        for (StackTraceElement element : trace) {
            frames.add(new ThreadStack.Frame(element, List.of()));
        }
        for (MonitorInfo held : info.getLockedMonitors()) {
            int depth = held.getLockedStackDepth();
            if (depth >= 0 && depth < trace.length) {
                frames.set(depth, with(frames.get(depth), held));
            }
        }
        return new ThreadStack(
                work,
                info.getThreadName(),
                info.getThreadState(),
                lock(info.getLockInfo(), info.getLockOwnerName()),
                frames,
                trace.length,
                0);
    }

    private static ThreadStack.Frame with(ThreadStack.Frame frame, LockInfo held) {
        List<String> locks = new ArrayList<>(frame.locks());
        locks.add(held.toString());
        return new ThreadStack.Frame(frame.element(), locks);
    }

    private static String lock(@Nullable LockInfo awaited, @Nullable String owner) {
        if (awaited == null) {
            return "";
        }
        return owner == null ? awaited.toString() : awaited + " held by \"" + owner + "\"";
    }
}
