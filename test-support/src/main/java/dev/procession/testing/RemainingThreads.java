package dev.procession.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The platform threads that must end with a test. A shared thread counts while it runs a task, so a
 * callback that blocks for ever is detected.
 */
final class RemainingThreads {

    /** Threads of the JVM, of JUnit and of libraries, busy or not. */
    private static final Pattern OF_THE_JVM =
            Pattern.compile(
                    "Signal Dispatcher|Finalizer|Reference Handler|Notification Thread"
                            + "|Attach Listener|JFR .*|globalEventExecutor.*|VirtualThread-.*"
                            + "|.*-Poller|ForkJoinPool.*-delayScheduler|junit-.*|surefire-.*|main"
                            + "|ping-.*|procession-archive.*");

    /** Threads that the whole JVM shares; when idle, they end after a minute or stay. */
    private static final Pattern SHARED =
            Pattern.compile(
                    "process reaper.*|Common-Cleaner|ForkJoinPool.*|CompletableFuture.*"
                            + "|procession-callback|procession-cleaner|UrlChecker-.*");

    /** The methods in which a shared thread waits for work, in every JDK. */
    private static final Set<String> IDLE =
            Set.of(
                    "java.util.concurrent.ThreadPoolExecutor.getTask",
                    "java.util.concurrent.ForkJoinPool.awaitWork",
                    "java.lang.ref.ReferenceQueue.remove");

    /**
     * The class of the threads that run virtual ones; its threads have names of a pool's workers.
     */
    private static final String CARRIER = "jdk.internal.misc.CarrierThread";

    private RemainingThreads() {}

    static List<String> names() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(RemainingThreads::isRemaining)
                .map(entry -> entry.getKey().getName())
                .toList();
    }

    private static boolean isRemaining(Map.Entry<Thread, StackTraceElement[]> entry) {
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
