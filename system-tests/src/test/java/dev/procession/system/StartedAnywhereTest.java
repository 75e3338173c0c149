package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.program.Everything;
import dev.procession.program.PoolAlone;
import dev.procession.testing.OtherUser;
import dev.procession.testing.PrivateMounts;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import dev.procession.testing.ThreadShortage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real programs, built by the plugins that users have, and started in the ways and places that
 * users choose. The programs of {@code exec:java} and of tests in Maven's JVM run in their own
 * builds.
 */
@SystemTest
@Timeout(120)
class StartedAnywhereTest {

    private static final Path PROGRAMS = Path.of("programs").toAbsolutePath();
    private static final Path EVERYTHING = PROGRAMS.resolve("everything/target");

    /** How long a program that cannot work may take to end. */
    private static final Duration REFUSED = Duration.ofSeconds(20);

    @TempDir Path directory;

    private static Path jar(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith("-SNAPSHOT.jar"))
                    .findFirst()
                    .orElseThrow(
                            () -> new AssertionError("no jar; mvn verify builds it: " + target));
        }
    }

    private static List<String> jars(Path directory, Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> wanted.test(file.getFileName().toString()))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    /** Uses the directory of classes instead of the JAR, whose manifest names all other JARs. */
    private static String classPath(Predicate<String> wanted, String... before) throws IOException {
        List<String> entries = new ArrayList<>(List.of(before));
        entries.add(EVERYTHING.resolve("classes").toString());
        entries.addAll(jars(EVERYTHING.resolve("lib"), wanted));
        return String.join(":", entries);
    }

    /** A command whose JVM has these flags instead of the class path of the tests. */
    private static List<String> java(List<String> flags, String... main) {
        List<String> command = TestProgram.command(List.of(), Everything.class);
        command.subList(command.indexOf("-cp"), command.size()).clear();
        command.addAll(flags);
        command.addAll(List.of(main));
        return command;
    }

    private static List<String> onClassPath(String classPath, Class<?> main) {
        return java(List.of("-cp", classPath), main.getName());
    }

    private void works(List<String> command, String line) throws IOException, InterruptedException {
        try (TestProgram program = TestProgram.start(directory, command)) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            program.awaitLine(line);
            assertThat(program.lines()).noneMatch(StartedAnywhereTest::isComplaint);
        }
    }

    /**
     * Matches lines of Procession's log; newer JVMs print their own warnings about Netty and
     * protobuf.
     */
    private static boolean isComplaint(String line) {
        return line.contains("dev.procession.") && line.matches(".* ([AP]M|WARN|ERROR) .*");
    }

    @Nested
    class Ways {

        @Test
        void shouldWorkFromAClassPath() throws Exception {
            works(onClassPath(classPath(name -> true), Everything.class), "everything works");
        }

        @Test
        void shouldWorkFromAJarWhoseManifestNamesTheOthers() throws Exception {
            works(java(List.of("-jar", jar(EVERYTHING).toString())), "everything works");
        }

        @Test
        void shouldWorkFromAModulePathWithTheModulesThatTheProgramResolves() throws Exception {
            String path = jar(EVERYTHING) + ":" + EVERYTHING.resolve("lib");
            works(
                    java(
                            List.of("--module-path", path),
                            "-m",
                            "dev.procession.program/" + Everything.class.getName()),
                    "everything works");
        }

        @Test
        void shouldWorkFromTheJarOfSpringBoot3() throws Exception {
            Path jar = jar(PROGRAMS.resolve("boot-3/target"));
            works(java(List.of("-jar", jar.toString())), "everything works in BootProgram");
        }

        @Test
        void shouldWorkFromTheJarOfSpringBoot4() throws Exception {
            Path jar = jar(PROGRAMS.resolve("boot-4/target"));
            works(java(List.of("-jar", jar.toString())), "everything works in BootProgram");
        }

        @Test
        void shouldWorkOnAJreOfTheFewestModules() throws Exception {
            Path jre = directory.resolve("jre");
            Path tool = Path.of(System.getProperty("java.home"), "bin", "jlink");
            try (TestProgram link =
                    TestProgram.start(
                            directory,
                            List.of(
                                    tool.toString(),
                                    "--add-modules=java.base,java.logging",
                                    "--output=" + jre))) {
                assertThat(link.awaitExit()).as(link.text()).isZero();
            }
            List<String> command = onClassPath(classPath(name -> true), PoolAlone.class);
            command.set(0, jre.resolve("bin/java").toString());
            works(command, "the pool works");
        }
    }

    @Nested
    class Libraries {

        private static boolean isOfManager(String name) {
            return name.startsWith("netty-")
                    || name.startsWith("protobuf-")
                    || name.startsWith("procession-ipc-manager");
        }

        @Test
        void shouldWorkWithTheOldestSupportedLibraries() throws Exception {
            String oldest = String.join(":", jars(EVERYTHING.resolve("oldest"), name -> true));
            Predicate<String> others =
                    name ->
                            !name.startsWith("netty-")
                                    && !name.startsWith("protobuf-")
                                    && !name.startsWith("guava-");
            works(onClassPath(classPath(others, oldest), Everything.class), "everything works");
        }

        @Test
        void shouldRunAPoolWithoutTheManagersJars() throws Exception {
            Predicate<String> others = name -> !isOfManager(name);
            works(onClassPath(classPath(others), PoolAlone.class), "the pool works");
        }

        @Test
        void shouldNameALibraryThatIsMissingOrTooOld() throws Exception {
            Predicate<String> others = name -> !name.startsWith("netty-transport-4");
            List<String> command = onClassPath(classPath(others), Everything.class);
            try (TestProgram program = TestProgram.start(directory, command)) {
                assertThat(program.awaitExit()).as(program.text()).isEqualTo(1);
                program.awaitLine("a manager needs Netty from 4.1.127 on");
            }
        }
    }

    @Nested
    class Places {

        private List<String> everything() throws IOException {
            return onClassPath(classPath(name -> true), Everything.class);
        }

        /** The command in a mount namespace, after these shell commands. */
        private List<String> after(String preparation, List<String> command) {
            PrivateMounts.assumePermitted();
            List<String> whole = PrivateMounts.inNameSpace();
            whole.addAll(List.of("sh", "-c", preparation + " && exec \"$0\" \"$@\""));
            whole.addAll(command);
            return whole;
        }

        @Test
        void shouldWorkWithoutAShell() throws Exception {
            works(
                    after("mount --bind /dev/null \"$(readlink -f /bin/sh)\"", everything()),
                    "everything works");
        }

        @Test
        void shouldWorkOnAReadOnlyFileSystem() throws Exception {
            works(
                    after("mount --bind / / && mount -o remount,ro,bind /", everything()),
                    "everything works");
        }

        @Test
        void shouldWorkWithLittleSharedMemory() throws Exception {
            PrivateMounts.assumePermitted();
            works(
                    PrivateMounts.around(Map.of("/dev/shm", 64 * 1024), everything()),
                    "everything works");
        }

        @Test
        void shouldWorkAsAnotherUserWithoutAHome() throws Exception {
            List<String> command = OtherUser.prefix(directory);
            command.addAll(List.of("/usr/bin/env", "-u", "HOME"));
            command.addAll(java(OtherUser.flags(directory)));
            command.addAll(List.of("-cp", classPath(name -> true), Everything.class.getName()));
            works(command, "everything works");
        }

        @Test
        void shouldWorkWithAnotherEncoding() throws Exception {
            List<String> command = everything();
            command.addAll(0, List.of("/usr/bin/env", "LC_ALL=POSIX"));
            works(command, "everything works");
        }

        @Test
        void shouldWorkWithADebuggersPortACollectorAndJmx() throws Exception {
            List<String> command = everything();
            command.addAll(
                    0,
                    List.of(
                            "/usr/bin/env",
                            "JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,"
                                    + "suspend=n,address=127.0.0.1:0 -XX:+UseParallelGC"
                                    + " -Dcom.sun.management.jmxremote.port=0"
                                    + " -Dcom.sun.management.jmxremote.authenticate=false"
                                    + " -Dcom.sun.management.jmxremote.ssl=false"));
            works(command, "everything works");
        }

        /** The program works, or reports why it cannot; it does not hang. */
        @Test
        void shouldWorkOrReportWhyNotWithFewThreads() throws Exception {
            List<String> command = ThreadShortage.command(directory, 60, PoolAlone.class);
            try (TestProgram program = TestProgram.start(directory, command)) {
                int code = program.awaitExit(REFUSED);
                String text = program.text();
                assertThat(code).as(text).isBetween(0, 1);
                assertThat(text).containsAnyOf("the pool works", "unable to create", "thread");
            }
        }
    }
}
