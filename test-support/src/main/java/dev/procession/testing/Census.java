package dev.procession.testing;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resources of this process and its descendants that a test must free before it ends, as lines
 * of text such as {@code descriptor socket}. Virtual threads are not included: the JDK does not
 * list them.
 */
public final class Census {

    private static final String MAPPING = "mapping ";

    /** Segments of sessions, lanes and queues, and spill files. */
    private static final Pattern MAPPED_FILE =
            Pattern.compile("(/\\S*)?/procession-" + userName() + "(-[^\\s/]*)?/\\S+");

    /**
     * Files that JUnit, Netty and the JVM create in a temporary directory and delete themselves.
     */
    private static final Pattern FILES_OF_THE_JVM =
            Pattern.compile(
                    "junit.*|hsperfdata_.*|\\.java_pid.*|libnetty_.*\\.so"
                            + "|\\d{4}(_\\d\\d){5}_\\d+" // the flight recorder's repository
                            + "|procession-"
                            + userName());

    /**
     * Prefix of a temporary directory of this run alone; other programs change other directories.
     */
    private static final String OWN_TEMPORARY = "pt-";

    /** The directory of crash files of a JVM that cannot write to its working directory. */
    private static final Path CRASH_FILES_OF_ALL = Path.of("/tmp");

    private final ImmutableMultiset<String> lines;

    private Census(ImmutableMultiset<String> lines) {
        this.lines = lines;
    }

    /**
     * Counts the present resources except mappings, which the fields of a test may hold until its
     * end.
     */
    public static Census take() {
        return new Census(ImmutableMultiset.copyOf(count()));
    }

    /** Counts the present resources, mappings included. */
    public static Census takeWithMappings() {
        Multiset<String> lines = count();
        addMappings(lines);
        return new Census(ImmutableMultiset.copyOf(lines));
    }

    private static Multiset<String> count() {
        Multiset<String> lines = HashMultiset.create();
        addProcesses(lines);
        addDescriptors(lines);
        RemainingThreads.names().forEach(name -> lines.add("thread " + name));
        SessionFiles.ofOthersHere().forEach(file -> lines.add("file " + file));
        SessionFiles.ofTestPrograms().forEach(path -> lines.add("session of a program " + path));
        addTemporaryFiles(lines);
        addCrashFiles(lines);
        return lines;
    }

    private static void addProcesses(Multiset<String> lines) {
        // An orphan is no descendant of this process, but names its session. Orphans are listed
        // first, so that a descendant that is forked in between does not count as one.
        List<LiveProcess> marked = LiveProcess.matching(namesThisRun());
        ProcessHandle self = ProcessHandle.current();
        Set<Long> descendants =
                self.descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
        for (long pid : descendants) {
            LiveProcess.find(pid).ifPresent(child -> lines.add("process " + describe(child)));
        }
        for (LiveProcess process : marked) {
            if (process.pid() != self.pid() && !descendants.contains(process.pid())) {
                lines.add("orphan " + describe(process));
            }
        }
    }

    /** The text of a process: only facts that do not change while it lives. */
    private static String describe(LiveProcess process) {
        return process.pid() + "@" + process.startTicks() + " " + process.commandLine();
    }

    /**
     * True of a text, of a process or a crash file, that names this process's session or programs.
     */
    private static Predicate<String> namesThisRun() {
        LiveProcess self = LiveProcess.of(ProcessHandle.current().pid());
        String session = "/" + self.pid() + "-" + self.startTicks() + "-";
        return text ->
                text.contains(TestProgram.MARKER)
                        || text.contains("-Duser.name=" + TestProgram.USER + " ")
                        || (text.contains("dev.procession") && text.contains(session));
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
            if (!DescriptorsOfTheJvm.contain(target)) {
                // The numbers of sockets and pipes differ in each run.
                lines.add("descriptor " + target.replaceFirst(":\\[\\d+\\]$", ""));
            }
        } catch (IOException e) {
            // Closed meanwhile.
        }
    }

    private static void addMappings(Multiset<String> lines) {
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            mappings.map(MAPPED_FILE::matcher)
                    .filter(Matcher::find)
                    .forEach(mapping -> lines.add(MAPPING + mapping.group()));
        } catch (IOException e) {
            throw new AssertionError("cannot list mappings", e);
        }
    }

    private static void addTemporaryFiles(Multiset<String> lines) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        if (temporary.getFileName().toString().startsWith(OWN_TEMPORARY)) {
            temporaryFiles(temporary).forEach(name -> lines.add("temporary file " + name));
        }
    }

    /** The files in a temporary directory that the JVM does not delete itself. */
    public static List<String> temporaryFiles(Path temporary) {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !FILES_OF_THE_JVM.matcher(name).matches())
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("cannot list temporary files", e);
        }
    }

    private static String userName() {
        return Pattern.quote(System.getProperty("user.name"));
    }

    private static void addCrashFiles(Multiset<String> lines) {
        crashFiles(Path.of("")).forEach(file -> lines.add("crash file " + file));
        for (Path file : crashFiles(CRASH_FILES_OF_ALL)) {
            try {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (namesThisRun().test(text)) {
                    lines.add("crash file " + file);
                }
            } catch (IOException e) {
                // Another run's or user's file, which may have been deleted.
            }
        }
    }

    private static List<Path> crashFiles(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("hs_err_pid"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("cannot list crash files: directory=" + directory, e);
        }
    }

    /** The lines that both have: no resource that existed only for a moment. */
    Census both(Census other) {
        return new Census(ImmutableMultiset.copyOf(Multisets.intersection(lines, other.lines)));
    }

    /** The resources in this census that were not in the earlier one. */
    public Multiset<String> since(Census earlier) {
        return Multisets.difference(lines, earlier.lines);
    }

    /** The same for mappings too; if there are new ones, those that remain after a collection. */
    static Multiset<String> mappedSince(Census earlier) {
        Multiset<String> found = takeWithMappings().since(earlier);
        if (found.elementSet().stream().noneMatch(line -> line.startsWith(MAPPING))) {
            return found;
        }
        System.gc(); // a mapping lives until the collector finds its buffer unreachable
        return takeWithMappings().since(earlier);
    }
}
