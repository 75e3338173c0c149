package dev.procession.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.base.Splitter;
import dev.procession.core.life.Session;
import dev.procession.testing.TestProgram;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues of different users: one user cannot open the other's, and does not disturb them. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignQueueTest {

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

    @TempDir Path directory;

    @BeforeEach
    void needAnotherUser() throws Exception {
        assumeTrue(succeedsAsNobody("true"), "needs to act as another user");
    }

    private static boolean succeedsAsNobody(String... command) throws Exception {
        List<String> trial = new ArrayList<>(AS_NOBODY);
        trial.addAll(List.of(command));
        try {
            return new ProcessBuilder(trial)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private String run(List<String> prefix, String classPath, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(java(), "-XX:-UsePerfData", "-cp", classPath));
        command.addAll(List.of(arguments));
        try (TestProgram program = TestProgram.start(directory, command)) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            return program.text();
        }
    }

    /** Copies this test's class path to where every user can read it. */
    private String readableClassPath() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> copies = new ArrayList<>();
        for (String entry :
                Splitter.on(File.pathSeparatorChar).split(System.getProperty("java.class.path"))) {
            Path from = Path.of(entry);
            Path to = directory.resolve(copies.size() + "-" + from.getFileName());
            copy(from, to);
            copies.add(to.toString());
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectory(copy);
                } else {
                    Files.copy(file, copy);
                }
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    @Test
    void shouldNotLetAnotherUserIn() throws Exception {
        String classPath = readableClassPath();
        assumeTrue(
                succeedsAsNobody("test", "-x", directory.toString()),
                "needs a temporary directory that another user can reach");
        assumeTrue(
                succeedsAsNobody(java(), "-XX:-UsePerfData", "-version"),
                "needs a JDK that another user can run");
        String name = "foreign-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (ProcessQueue<String> queue = ProcessQueue.builder().name(name).capacity(4).build();
                ProcessQueue<String> unnamed = ProcessQueue.create(4)) {
            unnamed.put("a");
            Path segment = Session.current().home();
            String said =
                    run(AS_NOBODY, classPath, Stranger.class.getName(), name, segment.toString());

            assertThat(said).contains("by name: ", name).doesNotContain("opened");
            assertThat(said).contains("by file: " + AccessDeniedException.class.getName());
            assertThat(queue.isEmpty()).isTrue();
            assertThat(unnamed.take()).isEqualTo("a");
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsAnotherUsers() throws Exception {
        Path foreign = directory.resolve("procession-" + System.getProperty("user.name"));
        Files.createDirectory(foreign);
        Files.setAttribute(foreign, "unix:uid", 65534);

        String said =
                run(
                        List.of(),
                        System.getProperty("java.class.path"),
                        "-D" + Session.DIRECTORY_PROPERTY + "=" + directory,
                        Maker.class.getName());

        assertThat(said)
                .contains("this directory must belong to the user alone")
                .contains(foreign.toString(), "uid=65534")
                .doesNotContain("made");
        assertThat(foreign).isEmptyDirectory();
    }

    /**
     * A program of another user. Its arguments are the name of a queue and a directory with another
     * one.
     */
    static final class Stranger {

        private Stranger() {}

        public static void main(String[] arguments) {
            try {
                ProcessQueue<String> queue = ProcessQueue.open(arguments[0]);
                System.out.println("opened: " + queue.size());
            } catch (UncheckedIOException | QueueException e) {
                System.out.println("by name: " + e.getMessage());
            }
            try (Stream<Path> files = Files.list(Path.of(arguments[1]))) {
                System.out.println("opened: " + files.count());
            } catch (IOException e) {
                System.out.println("by file: " + e);
            }
        }
    }

    /** A program that makes a queue. */
    static final class Maker {

        private Maker() {}

        public static void main(String[] arguments) {
            try {
                ProcessQueue<String> queue = ProcessQueue.create(1);
                System.out.println("made: " + queue.size());
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
