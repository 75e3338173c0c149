package dev.procession.testing;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything of this process and its descendants that should be gone when a test is over, as lines
 * of text such as {@code descriptor socket}.
 */
public final class Census {

    /** What the JVM opens for itself, when it likes. */
    private static final Pattern DESCRIPTORS_OF_THE_JVM =
            Pattern.compile(".*\\.jar|.*/lib/.*|/proc/.*|/sys/.*|/dev/u?random|.*/target/.*");

    /** Segments of sessions, lanes, queues and files that travel beside them. */
    private static final Pattern MAPPING = Pattern.compile("/\\S*/procession-\\S*");

    /** What JUnit and the JVM have in a temporary directory, and delete themselves. */
    private static final Pattern FILES_OF_THE_JVM =
            Pattern.compile("junit.*|hsperfdata_.*|\\.java_pid.*|procession-" + userName());

    /** A temporary directory of this run alone is called so; others change without its doing. */
    private static final String OWN_TEMPORARY = "procession-test-";

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

    /**
     * Counts what is here now, but mappings: the fields of a test may keep those until it is over.
     */
    public static Census take() {
        return new Census(ImmutableMultiset.copyOf(count()));
    }

    /** Counts what is here now, mappings included. */
    public static Census takeWithMappings() {
        Multiset<String> lines = count();
        addMappings(lines);
        return new Census(ImmutableMultiset.copyOf(lines));
    }

    private static Multiset<String> count() {
        Multiset<String> lines = HashMultiset.create();
        addProcesses(lines);
        addDescriptors(lines);
        addThreads(lines);
        SessionFiles.ofOthersHere().forEach(file -> lines.add("file " + file));
        addTemporaryFiles(lines);
        addCrashFiles(lines);
        return lines;
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
                                text.contains(TestProgram.MARKER)
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

    private static void addMappings(Multiset<String> lines) {
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            mappings.map(MAPPING::matcher)
                    .filter(Matcher::find)
                    .forEach(mapping -> lines.add("mapping " + mapping.group()));
        } catch (IOException e) {
            throw new AssertionError("cannot list mappings", e);
        }
    }

    private static void addTemporaryFiles(Multiset<String> lines) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        if (!temporary.getFileName().toString().startsWith(OWN_TEMPORARY)) {
            return;
        }
        try (Stream<Path> files = Files.list(temporary)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !FILES_OF_THE_JVM.matcher(name).matches())
                    .forEach(name -> lines.add("temporary file " + name));
        } catch (IOException e) {
            throw new AssertionError("cannot list temporary files", e);
        }
    }

    private static String userName() {
        return Pattern.quote(System.getProperty("user.name"));
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
    public Multiset<String> since(Census earlier) {
        return Multisets.difference(lines, earlier.lines);
    }
}
