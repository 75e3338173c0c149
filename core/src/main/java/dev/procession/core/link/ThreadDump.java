package dev.procession.core.link;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Comparator;

/** What all threads of this process do now, as text. */
final class ThreadDump {

    private ThreadDump() {}

    static String now() {
        ThreadInfo[] threads =
                ManagementFactory.getThreadMXBean().dumpAllThreads(true, false, Integer.MAX_VALUE);
        Arrays.sort(threads, Comparator.comparingLong(ThreadInfo::getThreadId));
        StringBuilder text = new StringBuilder();
        for (ThreadInfo thread : threads) {
            text.append('"').append(thread.getThreadName()).append("\" ");
            text.append(thread.getThreadState());
            LockInfo lock = thread.getLockInfo();
            if (lock != null) {
                text.append(" at ").append(lock);
            }
            if (thread.getLockOwnerName() != null) {
                text.append(", which \"").append(thread.getLockOwnerName()).append("\" holds");
            }
            text.append('\n');
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }
}
