package dev.procession.system;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything of this process and its descendants that should be gone when a test is over, as lines
 * of text such as {@code descriptor socket}.
 */
final class Census {

    /** What the JVM opens for itself, when it likes. */
    private static final Pattern DESCRIPTORS_OF_THE_JVM =
            Pattern.compile(".*\\.jar|.*/lib/.*|/proc/.*|/sys/.*|/dev/u?random|.*/system-tests/.*");

    /**
     * Threads of the JDK and of JUnit, and ours that are shared by the whole JVM and end by
     * themselves when idle for a minute.
     */
    private static final Pattern THREADS_OF_THE_JVM =
            Pattern.compile(
                    "process reaper.*|Common-Cleaner|Signal Dispatcher|Finalizer|Reference"
                            + " Handler|Notification Thread|Attach"
                            + " Listener|ForkJoinPool.*|CompletableFuture.*"
                            + "|VirtualThread-.*|.*-Poller|junit-.*|surefire-.*|main|ping-.*"
                            + "|procession-callback|procession-cleaner|procession-archive.*");

    private final ImmutableMultiset<String> lines;

    private Census(ImmutableMultiset<String> lines) {
        this.lines = lines;
    }

    static Census take() {
        Multiset<String> lines = HashMultiset.create();
        addProcesses(lines);
        addDescriptors(lines);
        addThreads(lines);
        SessionFiles.ofOthersHere().forEach(file -> lines.add("file " + file));
        addCrashFiles(lines);
        return new Census(ImmutableMultiset.copyOf(lines));
    }

    private static void addProcesses(Multiset<String> lines) {
        ProcessHandle self = ProcessHandle.current();
        self.descendants()
                .filter(ProcessHandle::isAlive)
                .forEach(child -> lines.add("process " + child.pid() + " " + child.info()));
        // Those whose parent has died are nobody's descendants, but they name the session.
        String session = "/" + self.pid() + "-";
        for (LiveProcess orphan :
                LiveProcess.matching(
                        text ->
                                text.contains(RootProgram.MARKER)
                                        || (text.contains("dev.procession")
                                                && text.contains(session)))) {
            if (orphan.pid() != self.pid()) {
                lines.add("orphan " + orphan.pid() + " " + orphan.commandLine());
            }
        }
    }

    private static void addDescriptors(Multiset<String> lines) {
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                addDescriptor(descriptor, lines);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot list descriptors", e);
        }
    }

    private static void addDescriptor(Path descriptor, Multiset<String> lines) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (!DESCRIPTORS_OF_THE_JVM.matcher(target).matches()) {
                // Sockets and pipes have numbers that say nothing.
                lines.add("descriptor " + target.replaceFirst(":\\[\\d+\\]$", ""));
            }
        } catch (IOException e) {
            // Closed meanwhile.
        }
    }

    private static void addThreads(Multiset<String> lines) {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!THREADS_OF_THE_JVM.matcher(thread.getName()).matches()) {
                lines.add("thread " + thread.getName());
            }
        }
    }

    private static void addCrashFiles(Multiset<String> lines) {
        try (Stream<Path> files = Files.list(Path.of(""))) {
            files.filter(file -> file.getFileName().toString().startsWith("hs_err_pid"))
                    .forEach(file -> lines.add("crash file " + file));
        } catch (IOException e) {
            throw new AssertionError("cannot list the working directory", e);
        }
    }

    /** What is here now and was not in the earlier census. */
    Multiset<String> since(Census earlier) {
        return Multisets.difference(lines, earlier.lines);
    }
}
