package dev.procession.testing;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program in a JVM of its own that uses Procession as a user would: the root of a session. A test
 * can read its output and wait for each line.
 */
public final class TestProgram implements AutoCloseable {

    /** A variable in the environment of these programs and of all their children. */
    public static final String MARKER =
            "PROCESSION_TESTED_BY=" + ProcessHandle.current().pid() + "-root";

    /**
     * The user's name in these programs: they have directories of their own, which no other run's
     * root sweeps when one of them has been killed. Short, because sockets have short paths.
     */
    static final String USER = "t" + ProcessHandle.current().pid();

    /**
     * A flag for programs that share something with this JVM, such as a named queue: their
     * directories are those of the tests' user, so any other root may sweep the files of a killed
     * one.
     */
    public static final String AS_THIS_USER = "-Duser.name=" + System.getProperty("user.name");

    /** Variables that change the language or the flags of a JVM, or add lines to its output. */
    private static final Set<String> FOREIGN_VARIABLES =
            Set.of("LANGUAGE", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(SessionFiles::removeEmptyBases, "test-programs-end"));
    }

    private final Process process;
    private final Thread reader;

    @GuardedBy("this")
    private final List<String> lines = new ArrayList<>();

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private int consumed;

    private TestProgram(ProcessBuilder builder) throws IOException {
        int equals = MARKER.indexOf('=');
        Map<String, String> environment = builder.environment();
        environment.put(MARKER.substring(0, equals), MARKER.substring(equals + 1));
        environment.put("LC_ALL", "C.UTF-8"); // tests compare messages, also of the system
        environment.keySet().removeAll(FOREIGN_VARIABLES);
        process = builder.redirectErrorStream(true).start();
        reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a main class with the class path of the tests. */
    public static TestProgram start(Class<?> main, String... arguments) throws IOException {
        return new TestProgram(new ProcessBuilder(command(List.of(), main, arguments)));
    }

    /** Starts a main class whose directories are those of the tests; see {@link #AS_THIS_USER}. */
    public static TestProgram startAsThisUser(Class<?> main, String... arguments)
            throws IOException {
        return new TestProgram(new ProcessBuilder(command(List.of(AS_THIS_USER), main, arguments)));
    }

    /** Starts any command that ends in such a program. */
    public static TestProgram start(Path directory, List<String> command) throws IOException {
        return new TestProgram(new ProcessBuilder(command).directory(directory.toFile()));
    }

    /** The command line of a main class. */
    public static List<String> command(List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-UsePerfData"); // its file would outlive a killed JVM
        command.add("-Duser.name=" + USER);
        command.add("-Duser.language=en");
        command.add("-Duser.country=US");
        command.add(
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")); // the census checks it
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = output.readLine()) != null) {
                synchronized (this) {
                    lines.add(line);
                    notifyAll(); // awaitLine()
                }
            }
        } catch (IOException e) {
            // The JDK closes the stream under the reader when the process has ended.
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll(); // awaitLine(), whose line does not come any more
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    /** True until the process has ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the next line with this prefix, after other programs' tags; returns its rest. */
    public synchronized String awaitLine(String prefix) throws InterruptedException {
        long deadline = System.nanoTime() + Await.PATIENCE.toNanos();
        while (true) {
            String rest = nextLine(prefix);
            if (rest != null) {
                return rest;
            }
            long remaining = deadline - System.nanoTime();
            if (ended || remaining <= 0) {
                throw new AssertionError("no line with \"" + prefix + "\" in:\n" + text());
            }
            TimeUnit.NANOSECONDS.timedWait(this, remaining);
        }
    }

    @GuardedBy("this")
    private @Nullable String nextLine(String prefix) {
        while (consumed < lines.size()) {
            String line = lines.get(consumed++);
            int at = line.indexOf(prefix);
            if (at >= 0) {
                return line.substring(at + prefix.length()).strip();
            }
        }
        return null;
    }

    /** Everything printed so far. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Everything printed so far, for a message. */
    public synchronized String text() {
        return String.join("\n", lines);
    }

    /** Writes to the program's standard input. */
    public void write(int character) throws IOException {
        process.getOutputStream().write(character);
        process.getOutputStream().flush();
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL and waits until the process has ended. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for the end of the process and of its output. */
    public int awaitExit() throws InterruptedException {
        return awaitExit(Await.PATIENCE);
    }

    /** The same, for a program that needs longer. */
    public int awaitExit(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("still running: pid=" + pid() + "\n" + text());
        }
        reader.join(Await.PATIENCE.toMillis());
        return process.exitValue();
    }

    /** Kills the program, and if it still ran its descendants too, for they may hang as well. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        awaitUninterruptibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        Uninterruptibles.joinUninterruptibly(reader, Await.PATIENCE);
    }

    /** Without {@code onExit()}, because tasks of the test may occupy the common pool. */
    private void awaitUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
