package dev.procession.bench.rival;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs in new JVMs: the {@code java} that runs this JVM, with its default flags. */
public final class JavaProgram {

    private static final long END_SECONDS = 60;

    /** The words of the line with the number of all objects and their bytes. */
    private static final int TOTAL_WORDS = 3;

    /** The prefixes of the names of the JARs that Procession's pool depends on. */
    private static final List<String> POOL_DEPENDENCIES =
            List.of(
                    "error_prone_annotations-",
                    "failureaccess-",
                    "guava-",
                    "HdrHistogram-",
                    "j2objc-annotations-",
                    "jspecify-",
                    "listenablefuture-",
                    "netty-",
                    "protobuf-java-");

    private JavaProgram() {}

    /**
     * The class path of this JVM, which has only JARs, because archives are made for nothing else.
     */
    static String classPath() {
        String classPath = System.getProperty("java.class.path");
        for (String entry : classPath.split(System.getProperty("path.separator"), -1)) {
            if (!entry.endsWith(".jar")) {
                throw new IllegalStateException(
                        "start-up is measured from JARs alone, as ./bench does: entry=" + entry);
            }
        }
        return classPath;
    }

    /**
     * The part of it that a program with a pool has, in a build tool's order: its own JAR,
     * Procession's modules, then their dependencies. It omits the monitor, which such a program
     * need not have, and the rivals' JARs, because a JVM would open them to look for Procession's
     * classes.
     */
    public static String poolClassPath() {
        List<String> own = new ArrayList<>();
        List<String> dependencies = new ArrayList<>();
        for (String entry : classPath().split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (name.startsWith("procession-monitor-")) {
                continue;
            }
            if (name.startsWith("procession-")) {
                own.add(entry);
            } else if (POOL_DEPENDENCIES.stream().anyMatch(name::startsWith)) {
                dependencies.add(entry);
            }
        }
        own.addAll(dependencies);
        return String.join(File.pathSeparator, own);
    }

    /** Runs {@code java} and returns its output. */
    public static String run(String... arguments) throws IOException, InterruptedException {
        Process process = command(arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        awaitSuccess(process, arguments);
        return output;
    }

    /** Runs {@code java}, whose output is discarded, and returns how long it took. */
    public static long time(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder =
                command(arguments)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        long start = System.nanoTime();
        Process process = builder.start();
        awaitSuccess(process, arguments);
        return System.nanoTime() - start;
    }

    /** The bytes of the live objects in the heap of a JVM, after a full collection. */
    public static long liveBytes(long pid) throws IOException {
        Path command = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process =
                new ProcessBuilder(command.toString(), Long.toString(pid), "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String last = output.strip().substring(output.strip().lastIndexOf('\n') + 1);
        String[] words = last.strip().split(" +", -1);
        if (words.length != TOTAL_WORDS || !words[0].equals("Total")) {
            throw new IOException("jcmd has not told the heap's content: " + last);
        }
        return Long.parseLong(words[TOTAL_WORDS - 1]);
    }

    private static ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command);
    }

    private static void awaitSuccess(Process process, String... arguments)
            throws IOException, InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("java did not end: seconds=" + END_SECONDS);
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "java failed: exitCode="
                            + process.exitValue()
                            + ", main="
                            + arguments[arguments.length - 1]);
        }
    }
}
