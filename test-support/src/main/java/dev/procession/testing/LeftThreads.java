package dev.procession.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The platform threads that should end with a test. A shared thread is one of them as long as it
 * works for somebody, so a callback that blocks for ever is seen.
 */
final class LeftThreads {

    /** Threads of the JVM, of JUnit and of libraries, busy or not. */
    private static final Pattern OF_THE_JVM =
            Pattern.compile(
                    "Signal Dispatcher|Finalizer|Reference Handler|Notification Thread"
                            + "|Attach Listener|JFR .*|globalEventExecutor.*|VirtualThread-.*"
                            + "|.*-Poller|ForkJoinPool.*-delayScheduler|junit-.*|surefire-.*|main"
                            + "|ping-.*|procession-archive.*");

    /** Threads that the whole JVM shares; idle, they end by themselves after a minute or stay. */
    private static final Pattern SHARED =
            Pattern.compile(
                    "process reaper.*|Common-Cleaner|ForkJoinPool.*|CompletableFuture.*"
                            + "|procession-callback|procession-cleaner");

    /** Where a shared thread waits for work, whatever the JDK. */
    private static final Set<String> IDLE =
            Set.of(
                    "java.util.concurrent.ThreadPoolExecutor.getTask",
                    "java.util.concurrent.ForkJoinPool.awaitWork",
                    "java.lang.ref.ReferenceQueue.remove");

    /** Runs virtual threads, under the name of a worker of a pool. */
    private static final String CARRIER = "jdk.internal.misc.CarrierThread";

    private LeftThreads() {}

    static List<String> names() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(LeftThreads::isLeft)
                .map(entry -> entry.getKey().getName())
                .toList();
    }

    private static boolean isLeft(Map.Entry<Thread, StackTraceElement[]> entry) {
        Thread thread = entry.getKey();
        String name = thread.getName();
        if (OF_THE_JVM.matcher(name).matches() || thread.getClass().getName().equals(CARRIER)) {
            return false;
        }
        return !SHARED.matcher(name).matches() || !isIdle(entry.getValue());
    }

    private static boolean isIdle(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .anyMatch(IDLE::contains);
    }
}
