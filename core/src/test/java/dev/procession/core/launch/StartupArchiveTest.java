package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.procession.core.ProcessOutput;
import dev.procession.testing.Await;
import dev.procession.testing.LiveProcess;
import dev.procession.testing.TestProgram;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300) // each JVM of a training may take a minute
class StartupArchiveTest {

    private static final List<String> PROPERTIES =
            List.of(StartupArchive.DIRECTORY_PROPERTY, ArchiveKey.PROPERTY);

    /** A directory in which the path of every socket is too long. */
    private static final String LONG_NAME =
            "a-cache-whose-name-is-so-long-that-no-socket-can-be-below-it-at-all";

    private static final Duration TRAINING = Duration.ofMinutes(4);

    @TempDir Path temporary;

    private final Map<String, String> before = new HashMap<>();
    private Path cache;

    @BeforeEach
    void useOwnCache() {
        for (String name : PROPERTIES) {
            before.put(name, System.getProperty(name));
        }
        cache = temporary.resolve("cache");
        System.setProperty(StartupArchive.DIRECTORY_PROPERTY, cache.toString());
    }

    @AfterEach
    void useDefaultCache() {
        for (String name : PROPERTIES) {
            String value = before.get(name);
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        }
    }

    @Test
    void shouldMakeOneArchiveAndReplaceDamagedOnes() throws Exception {
        LaunchOptions options = options(jars(), List.of());
        assertThat(StartupArchive.flags(options)).isEmpty();
        assertThat(StartupArchive.train(options)).isTrue();
        assertThat(files()).hasSize(2).allMatch(name -> !name.endsWith(".tmp"));
        List<String> flags = StartupArchive.flags(options);
        assertThat(flags).isNotEmpty();
        assertThat(outputOf(flags, options)).isEmpty();

        File archive = StartupArchive.key(options).archive();
        Files.delete(archive.toPath());
        assertThat(StartupArchive.flags(options)).isEmpty();
        Files.write(archive.toPath(), new byte[5000]);
        assertThat(StartupArchive.flags(options)).isEmpty();
        assertThat(StartupArchive.train(options)).isTrue();
        assertThat(StartupArchive.flags(options)).isEqualTo(flags);

        assertThat(archive.setWritable(true)).isTrue();
        try (RandomAccessFile file = new RandomAccessFile(archive, "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThat(StartupArchive.flags(options)).isEmpty();
        assertThat(StartupArchive.train(options)).isTrue();
        assertThat(outputOf(StartupArchive.flags(options), options)).isEmpty();
    }

    @Test
    void shouldHaveAnotherKeyWhenAJarChanges() throws Exception {
        Path jar = jar("a.jar", Map.of("a", new byte[1]));
        LaunchOptions options = options(jar.toString(), List.of());
        File before = ArchiveKey.of(options, cache.toFile()).archive();
        assertThat(ArchiveKey.of(options, cache.toFile()).archive()).isEqualTo(before);
        jar("a.jar", Map.of("a", new byte[5000], "b", new byte[1]));
        assertThat(ArchiveKey.of(options, cache.toFile()).archive()).isNotEqualTo(before);
    }

    @Test
    void shouldHaveNoKeyWithoutAUsableArchive() throws Exception {
        Path jar = jar("a.jar", Map.of("a", new byte[1]));
        assertThat(StartupArchive.key(options(jar.toString(), List.of()))).isNotNull();
        String directory = temporary.toString();
        assertThat(StartupArchive.key(options(directory, List.of()))).isNull();
        assertThat(StartupArchive.key(options(jar.toString(), List.of("-Xshare:off")))).isNull();
        System.setProperty(ArchiveKey.PROPERTY, "off");
        assertThat(StartupArchive.key(options(jar.toString(), List.of()))).isNull();
    }

    /** The second starts while the first one trains, or finds the first one's archive. */
    @Test
    void shouldTrainOnceWhenSeveralProcessesTry() throws Exception {
        String classPath = jars();
        try (TestProgram first = tool(classPath)) {
            awaitFile(first, ".tmp");
            try (TestProgram second = tool(classPath)) {
                Path archive = awaitFile(first, suffix());
                Object made = Files.getAttribute(archive, "unix:ino");
                assertThat(first.awaitExit(TRAINING)).as(first.text()).isZero();
                int code = second.awaitExit(TRAINING);
                assertThat(code).as(second.text()).isBetween(0, 1);
                if (code == 1) {
                    assertThat(second.text()).contains("another process makes it");
                }
                assertThat(Files.getAttribute(archive, "unix:ino")).isEqualTo(made);
                assertThat(files()).hasSize(2).allMatch(name -> !name.endsWith(".tmp"));
            }
        }
    }

    /**
     * The trainer's session is outside of its own directory, because paths of sockets are short.
     */
    @ParameterizedTest
    @ValueSource(strings = {"cache", LONG_NAME})
    void shouldSweepWhatAKilledTrainingLeft(String name) throws Exception {
        cache = temporary.resolve(name);
        String classPath = jars();
        Path sessions = Files.createTempDirectory("t"); // short, because paths of sockets are
        try {
            String flag = "-Djava.io.tmpdir=" + sessions;
            try (TestProgram killed = tool(classPath, flag)) {
                Await.until(() -> hasSession(cache) || hasSession(sessions), "the trainer runs");
                List<LiveProcess> trainers = descendants(killed.pid());
                killed.kill();
                for (LiveProcess trainer : trainers) {
                    Await.until(() -> !trainer.isAlive(), "it ends: " + trainer);
                }
            }
            try (TestProgram next = tool(classPath, flag)) {
                assertThat(next.awaitExit(TRAINING)).as(next.text()).isZero();
            }
            assertThat(files()).hasSize(2);
            assertThat(sessions).isEmptyDirectory();
        } finally {
            MoreFiles.deleteRecursively(sessions, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    /** True if the life file of a root is somewhere below. */
    private static boolean hasSession(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(file -> file.endsWith("m1"));
        } catch (IOException | UncheckedIOException e) {
            return false; // it is being created
        }
    }

    private static List<LiveProcess> descendants(long pid) {
        return ProcessHandle.of(pid)
                .orElseThrow()
                .descendants()
                .map(descendant -> LiveProcess.of(descendant.pid()))
                .toList();
    }

    private TestProgram tool(String classPath, String... flags) throws IOException {
        List<String> all = new ArrayList<>(List.of(flags));
        all.add("-D" + StartupArchive.DIRECTORY_PROPERTY + "=" + cache);
        return java(all, classPath, ArchiveTool.class);
    }

    private static String suffix() {
        return Runtime.version().feature() < 25 ? ".jsa" : ".aot";
    }

    /** Waits until a file of this kind is in the cache, which the tool makes before it ends. */
    private Path awaitFile(TestProgram tool, String suffix) throws Exception {
        while (true) {
            boolean ended = !tool.isAlive();
            for (String name : Files.isDirectory(cache) ? files() : List.<String>of()) {
                if (name.endsWith(suffix)) {
                    return cache.resolve(name);
                }
            }
            if (ended) {
                throw new AssertionError("no " + suffix + ": " + tool.text());
            }
            Thread.sleep(1); // ended by the test's timeout
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static LaunchOptions options(String classPath, List<String> jvmArgs) {
        return new LaunchOptions(
                "test",
                jvmArgs,
                false,
                Map.of(),
                Set.of(),
                null,
                ProgramPath.of(classPath, null),
                null,
                ProcessOutput.discard(),
                true);
    }

    private String outputOf(List<String> flags, LaunchOptions options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-XX:+UseSerialGC"));
        all.addAll(flags);
        try (TestProgram trainer = java(all, options.program().classPath(), ArchiveTrainer.class)) {
            assertThat(trainer.awaitExit(TRAINING)).as(trainer.text()).isZero();
            return trainer.text();
        }
    }

    private TestProgram java(List<String> flags, String classPath, Class<?> main)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-UsePerfData");
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        return TestProgram.start(temporary, command);
    }

    /** The class path of this test with its first directory of main classes as a JAR. */
    private String jars() throws Exception {
        Path classes =
                Path.of(
                        StartupArchive.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        StringBuilder classPath = new StringBuilder();
        if (Files.isDirectory(classes)) {
            Path jar = temporary.resolve("core.jar");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                    Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                    Files.copy(file, out);
                }
            }
            classPath.append(jar);
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                classPath.append(classPath.isEmpty() ? "" : File.pathSeparator).append(entry);
            }
        }
        return classPath.toString();
    }

    private Path jar(String name, Map<String, byte[]> entries) throws IOException {
        Path jar = temporary.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return jar;
    }
}
