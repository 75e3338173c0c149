package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ChildProcess;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a child inherits from the JVM that starts it, in real programs. */
@Timeout(120)
class StartedAsParentTest {

    private static final String OPENS = "--add-opens=java.base/java.util=ALL-UNNAMED";

    @TempDir Path directory;

    private static Stream<String> report(TestProgram program) throws InterruptedException {
        assertThat(program.awaitExit()).as(program.text()).isZero();
        program.awaitLine("done");
        return program.lines().stream();
    }

    /** Runs the program with variables before its command. */
    private List<String> run(List<String> variables, List<String> flags, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env"));
        command.addAll(variables);
        command.addAll(TestProgram.command(flags, ReportingParent.class, arguments));
        try (TestProgram program = TestProgram.start(directory, command)) {
            return report(program).toList();
        }
    }

    private static void assertNeitherHeapNorCollector(List<String> report) {
        assertThat(report)
                .noneMatch(line -> line.startsWith("flag: -Xmx"))
                .noneMatch(line -> line.startsWith("flag: -XX:+UseParallelGC"));
    }

    @Nested
    class Flags {

        @Test
        void shouldInheritWhatChangesTheMeaningOfCode() throws Exception {
            List<String> given =
                    List.of(
                            "-ea",
                            "-da:com.acme...",
                            "--enable-preview",
                            OPENS,
                            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                            "--add-reads=java.sql=java.naming",
                            "--add-modules=java.sql",
                            "-Dfile.encoding=ISO-8859-1",
                            "-Duser.variant=POSIX",
                            "-Djava.library.path=/nowhere");
            List<String> report = run(List.of(), given);
            assertThat(report).contains("assertions: true");
            assertThat(report).containsAll(given.stream().map(flag -> "flag: " + flag).toList());
        }

        @Test
        void shouldKeepTheOrderInWhichTheLastOneCounts() throws Exception {
            assertThat(run(List.of(), List.of("-ea", "-da", "-ea"))).contains("assertions: true");
            assertThat(run(List.of("_JAVA_OPTIONS=-da"), List.of("-ea")))
                    .contains("assertions: false");
        }

        @Test
        void shouldInheritAssertionsThatCodeHasSwitchedOn() throws Exception {
            boolean here = StartedAsParentTest.class.desiredAssertionStatus();
            try (ChildProcess<Boolean> child =
                    ChildProcess.start(StartedAsParentTest.class::desiredAssertionStatus)) {
                assertThat(child.result()).isEqualTo(here);
            }
        }

        @Test
        void shouldNotInheritFlagsThatTheUserSets() throws Exception {
            String patch = "--patch-module=java.base=" + directory;
            List<String> report =
                    run(List.of(), List.of(patch, OPENS), "flag=" + patch, "flag=" + OPENS);
            assertThat(report)
                    .containsOnlyOnce("flag: " + patch)
                    .containsOnlyOnce("flag: " + OPENS);
        }

        @Test
        void shouldInheritFlagsWhoseValueIsTheNextWord() throws Exception {
            List<String> report =
                    run(List.of(), List.of("--add-opens", "java.base/java.util=ALL-UNNAMED"));
            assertThat(report).contains("flag: " + OPENS);
        }

        @Test
        void shouldInheritFlagsFromAFileOfArguments() throws Exception {
            Path file = Files.writeString(directory.resolve("flags"), "-ea\n" + OPENS + "\n");
            List<String> report = run(List.of(), List.of("@" + file));
            assertThat(report).contains("assertions: true", "flag: " + OPENS);
        }

        @Test
        void shouldNotInheritHeapCollectorAndProperties() throws Exception {
            List<String> report =
                    run(List.of(), List.of("-Xmx77m", "-XX:+UseParallelGC", "-Dcolour=red"));
            assertNeitherHeapNorCollector(report);
            assertThat(report).noneMatch(line -> line.contains("colour"));
        }

        @Test
        void shouldInheritAgentsOnlyOnRequest() throws Exception {
            List<String> flags =
                    List.of(
                            "-javaagent:" + agentJar(),
                            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,"
                                    + "address=127.0.0.1:0");
            assertThat(run(List.of(), flags))
                    .contains("agent: false")
                    .noneMatch(line -> line.contains("flag: -agentlib"));
            assertThat(run(List.of(), flags, "agents=true"))
                    .contains("agent: true")
                    .noneMatch(line -> line.contains("flag: -agentlib"));
        }

        private Path agentJar() throws IOException {
            Manifest manifest = new Manifest();
            Attributes main = manifest.getMainAttributes();
            main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
            main.putValue("Premain-Class", ReportingParent.Agent.class.getName());
            Path jar = directory.resolve("agent.jar");
            new JarOutputStream(Files.newOutputStream(jar), manifest).close();
            return jar;
        }
    }

    @Nested
    class Variables {

        @Test
        void shouldInheritFlagsOfTheVariablesThatEachJvmReads() throws Exception {
            List<String> report =
                    run(
                            List.of(
                                    "JAVA_TOOL_OPTIONS=-Dcolour='dark red' -XX:+UseParallelGC"
                                            + " -Xmx177m -Dcom.sun.management.jmxremote.port=0"
                                            + " -Dcom.sun.management.jmxremote.ssl=false"
                                            + " -Dcom.sun.management.jmxremote.authenticate=false",
                                    "JDK_JAVA_OPTIONS=--add-opens java.base/java.util=ALL-UNNAMED",
                                    "_JAVA_OPTIONS=-ea"),
                            List.of());
            assertNeitherHeapNorCollector(report);
            assertThat(report)
                    .contains("flag: -Dcolour=dark red", "flag: " + OPENS, "assertions: true")
                    .noneMatch(line -> line.contains("flag: -Dcom.sun.management"))
                    .noneMatch(line -> line.startsWith("JAVA_TOOL_OPTIONS"))
                    .noneMatch(line -> line.startsWith("JDK_JAVA_OPTIONS"))
                    .noneMatch(line -> line.startsWith("_JAVA_OPTIONS"))
                    .noneMatch(line -> line.startsWith("[child-1] Picked up"));
        }

        @Test
        void shouldNotInheritPropertiesOfSpringBootsLauncher() throws Exception {
            List<String> report =
                    run(List.of("JAVA_TOOL_OPTIONS=-Dloader.main=com.acme.App"), List.of());
            assertThat(report).noneMatch(line -> line.startsWith("flag: -Dloader"));
        }

        @Test
        void shouldLeaveTheTimeZoneToItsVariable() throws Exception {
            assertThat(run(List.of(), List.of(), "zone=Asia/Tokyo", "TZ=Africa/Cairo"))
                    .contains("zone: Africa/Cairo");
        }

        @Test
        void shouldNotInheritTheDebuggersPort() throws Exception {
            List<String> report =
                    run(
                            List.of(
                                    "JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,"
                                            + "server=y,suspend=n,address=127.0.0.1:0"),
                            List.of());
            assertThat(report).noneMatch(line -> line.contains("flag: -agentlib"));
        }

        @Test
        void shouldRemoveAVariable() throws Exception {
            List<String> report =
                    run(List.of("FRUIT=apple", "NUT=hazel"), List.of(), "without=NUT");
            assertThat(report).contains("FRUIT: apple").noneMatch(line -> line.startsWith("NUT"));
        }

        @Test
        void shouldSplitAsTheJvmDoes() {
            assertThat(OwnFlags.words("  -Da='b c'\t-Dd=\"e 'f\" -g\n\"\" "))
                    .containsExactly("-Da=b c", "-Dd=e 'f", "-g", "");
        }
    }

    /** Systems on which a child cannot start; the message is one sentence. */
    @Nested
    class Refused {

        private String failure(String flag) throws Exception {
            List<String> command = TestProgram.command(List.of(flag), ReportingParent.class);
            try (TestProgram program = TestProgram.start(directory, command)) {
                assertThat(program.awaitExit()).as(program.text()).isEqualTo(1);
                return program.awaitLine("UnsupportedOperationException: ");
            }
        }

        @Test
        void shouldRefuseAnotherSystem() throws Exception {
            assertThat(failure("-Dos.name=Mac OS X"))
                    .isEqualTo("Procession starts processes on Linux alone: os.name=Mac OS X");
        }

        @Test
        void shouldRefuseANativeImage() throws Exception {
            assertThat(failure("-Dorg.graalvm.nativeimage.imagecode=runtime"))
                    .startsWith("a native image has no JVM to start a child with");
        }
    }

    @Nested
    class Places {

        @Test
        void shouldInheritTheTimeZoneThatCodeHasSet() throws Exception {
            assertThat(run(List.of(), List.of(), "zone=Asia/Tokyo")).contains("zone: Asia/Tokyo");
            assertThat(run(List.of(), List.of("-Duser.timezone=Africa/Cairo")))
                    .contains("zone: Africa/Cairo");
        }

        @Test
        void shouldStartWhereThereIsAnotherDirectory() throws Exception {
            Path other = Files.createDirectory(directory.resolve("other"));
            assertThat(run(List.of(), List.of(), "directory=" + other))
                    .contains("directory: " + other.toRealPath());
        }

        @Test
        void shouldFindAClassPathThatIsNotAscii() throws Exception {
            Path odd = Files.createDirectory(directory.resolve("Bücher und %23 \"Töne\""));
            String classPath = System.getProperty("java.class.path") + ":" + odd;
            List<String> command =
                    new ArrayList<>(TestProgram.command(List.of(), ReportingParent.class));
            command.set(command.indexOf("-cp") + 1, classPath);
            try (TestProgram program = TestProgram.start(directory, command)) {
                assertThat(report(program)).contains("class path: " + classPath);
            }
        }
    }
}
