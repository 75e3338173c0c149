package dev.procession.monitor.look;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process runs, by its command line. */
class MainClassTest {

    private static final String SLEEPER = Sleeper.class.getName();

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.Main|a.Main",
                "a.Main -jar x.jar -m y|a.Main",
                "-Xmx1g -ea -Da=b a.Main x|a.Main",
                "-cp x.jar a.Main|a.Main",
                "-classpath x.jar a.Main|a.Main",
                "--class-path x.jar a.Main|a.Main",
                "--class-path=x.jar a.Main|a.Main",
                "-p mods --add-modules b.c a.Main|a.Main",
                "--module-path mods --upgrade-module-path up a.Main|a.Main",
                "--add-exports a/b=c --add-opens a/b=c --add-reads a=b a.Main|a.Main",
                "--add-opens=a/b=c a.Main|a.Main",
                "--enable-native-access ALL-UNNAMED --patch-module a=b a.Main|a.Main",
                "--limit-modules java.base a.Main|a.Main",
                "-jar app.jar a.Main|app.jar",
                "-jar -Xmx1g app.jar|app.jar",
                "-cp x -jar --add-modules b.c app.jar|app.jar",
                "-p mods -m a.b/a.b.Main x|a.b/a.b.Main",
                "--module a.b|a.b",
                "--module=a.b/a.b.Main x|a.b/a.b.Main",
                "--source 21 Main.java|Main.java",
                "--disable-@files @a.Main|@a.Main",
                "-javaagent:a.jar -agentlib:jdwp=x -XX:+UseZGC -splash:a a.Main|a.Main"
            })
    void shouldReadOptionsAsJavaDoes(String line, String main) {
        assertThat(MainClass.of(List.of(line.split(" ")), directory)).contains(main);
    }

    @ParameterizedTest
    @CsvSource({"''", "-version", "-cp x.jar", "-m", "@missing", "-jar"})
    void shouldSayNothingWhereNothingIsNamed(String line) {
        assertThat(MainClass.of(List.of(line.split(" ")), directory)).isEmpty();
    }

    @Test
    void shouldReadArgumentFiles() throws IOException {
        write("flags", "# how it runs\n-cp \"a b.jar:\\\n   c.jar\"\t-Da='x y' # more\n");
        write("value", "-cp");
        write("main", "-ea\r\n@not-a-file.Main\r\n");
        assertThat(MainClass.of(List.of("@flags", "a.Main"), directory)).contains("a.Main");
        assertThat(MainClass.of(List.of("@value", "x.jar", "a.Main"), directory))
                .contains("a.Main");
        assertThat(MainClass.of(List.of("-Xmx1g", "@" + directory.resolve("main")), directory))
                .contains("@not-a-file.Main");
        assertThat(MainClass.of(List.of("@gone", "a.Main"), directory)).contains("a.Main");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    @Test
    void shouldSplitArgumentFilesAsJavaDoes() {
        assertThat(ArgumentWords.of("a 'b c'd \"\" \"e\\\"f\\n\\\\g\" h\\i\n#no\nj#no\n'k\nl"))
                .containsExactly("a", "b cd", "", "e\"f\n\\g", "h\\i", "j", "k", "l");
    }

    @Test
    void shouldReadWhatAProgramTells() {
        assertThat(MainClass.ofCommand("a.Main x y")).contains("a.Main");
        assertThat(MainClass.ofCommand("")).isEmpty();
    }

    @Test
    void shouldFindTheMainClassOfAProcessWithALongCommandLine() throws Exception {
        String longPath = testClasses() + (":" + directory.resolve("x".repeat(200))).repeat(100);
        assertCommand(SLEEPER, java("-cp", longPath, SLEEPER, "argument"));
    }

    @Test
    void shouldFindTheMainClassOfAProcessWithAnArgumentFile() throws Exception {
        write("options", "-cp \"" + testClasses() + "\"\n-Da=b " + SLEEPER + "\n");
        assertCommand(SLEEPER, java("@options")); // relative to the directory of the process
        assertCommand(SLEEPER, java("@" + directory.resolve("options")));
    }

    @Test
    void shouldFindTheJarOfAProcess() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, SLEEPER);
        String file = SLEEPER.replace('.', '/') + ".class";
        try (JarOutputStream jar =
                        new JarOutputStream(
                                Files.newOutputStream(directory.resolve("app.jar")), manifest);
                InputStream code = Sleeper.class.getClassLoader().getResourceAsStream(file)) {
            jar.putNextEntry(new JarEntry(file));
            assertThat(code).isNotNull();
            code.transferTo(jar);
        }
        assertCommand("app.jar", java("-jar", "-Xmx64m", "app.jar", "argument"));
    }

    @Test
    void shouldFindTheModuleOfAProcess() throws Exception {
        String registry = "java.rmi/sun.rmi.registry.RegistryImpl";
        assertCommand(registry, java("--add-modules", "java.logging", "-m", registry, "0"));
    }

    @Test
    void shouldKnowAJvmThatHasAnotherName() throws Exception {
        String line = "exec -a shop '" + java().get(0) + "' -cp '" + testClasses() + "' " + SLEEPER;
        assertCommand(SLEEPER, List.of("bash", "-c", line));
    }

    @Test
    void shouldNameAProcessThatIsNoJvm() throws Exception {
        assertCommand("sleep", List.of("sleep", "60"));
    }

    private static String testClasses() throws Exception {
        return Path.of(Sleeper.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (arguments.length > 0) {
            command.add("-XX:-UsePerfData"); // its file would outlive a killed JVM
        }
        command.addAll(List.of(arguments));
        return command;
    }

    private void assertCommand(String main, List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            Await.until(
                    Await.PATIENCE,
                    () -> MainClass.of(process.pid()).filter(main::equals).isPresent(),
                    () -> command + " runs " + MainClass.of(process.pid()));
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
