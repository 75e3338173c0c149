package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.ProcessOutput;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupArchiveTest {

    @TempDir Path temporary;

    private Path cache;

    @BeforeEach
    void useOwnCache() {
        cache = temporary.resolve("cache");
        System.setProperty(StartupArchive.DIRECTORY_PROPERTY, cache.toString());
    }

    @AfterEach
    void useDefaultCache() {
        System.clearProperty(StartupArchive.DIRECTORY_PROPERTY);
        System.clearProperty(StartupArchive.PROPERTY);
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
    void shouldHaveNoArchiveWhereItCannotFit() throws Exception {
        Path jar = jar("a.jar", Map.of("a", new byte[1]));
        assertThat(StartupArchive.key(options(jar.toString(), List.of()))).isNotNull();
        String directory = temporary.toString();
        assertThat(StartupArchive.key(options(directory, List.of()))).isNull();
        assertThat(StartupArchive.key(options(jar.toString(), List.of("-Xshare:off")))).isNull();
        System.setProperty(StartupArchive.PROPERTY, "off");
        assertThat(StartupArchive.key(options(jar.toString(), List.of()))).isNull();
    }

    @Test
    void shouldTrainOnceWhenSeveralProcessesTry() throws Exception {
        String classPath = jars();
        List<Process> tools = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            tools.add(
                    java(
                            List.of("-D" + StartupArchive.DIRECTORY_PROPERTY + "=" + cache),
                            classPath,
                            ArchiveTool.class));
        }
        int made = 0;
        for (Process tool : tools) {
            assertThat(tool.waitFor(50, TimeUnit.SECONDS)).isTrue();
            made += tool.exitValue() == 0 ? 1 : 0;
        }
        assertThat(made).isPositive();
        assertThat(files()).hasSize(2).allMatch(name -> !name.endsWith(".tmp"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static LaunchOptions options(String classPath, List<String> jvmArgs) {
        return new LaunchOptions(
                "test", jvmArgs, Map.of(), null, classPath, null, ProcessOutput.discard(), true);
    }

    private static String outputOf(List<String> flags, LaunchOptions options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData"));
        all.addAll(flags);
        Process process = java(all, options.effectiveClassPath(), ArchiveTrainer.class);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }

    private static Process java(List<String> flags, String classPath, Class<?> main)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
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
