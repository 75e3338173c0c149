package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.TestProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that a class loader has loaded, with jars that are on no class path. */
@Timeout(120)
class LoaderPathTest {

    @TempDir Path directory;

    /** Only the host is on the class path: a build tool, an application server. */
    private TestProgram host(String kind) throws IOException {
        String name = HostOfLoaders.class.getName().replace('.', '/') + ".class";
        Path home = directory.resolve("host");
        Path copy = home.resolve(name);
        Files.createDirectories(copy.getParent());
        try (Stream<Path> files = Files.list(classFile(name).getParent())) {
            for (Path file : files.filter(f -> f.toString().contains("HostOfLoaders")).toList()) {
                Files.copy(file, copy.resolveSibling(file.getFileName()));
            }
        }
        List<String> command =
                new ArrayList<>(TestProgram.command(List.of(), HostOfLoaders.class, kind));
        String classPath = command.set(command.indexOf("-cp") + 1, home.toString());
        command.add(classPath);
        return TestProgram.start(directory, command);
    }

    private static Path classFile(String name) {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path file = Path.of(entry, name);
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new AssertionError("not on the class path: " + name);
    }

    @Test
    void shouldGatherTheClassPathFromTheUrlsOfTheLoader() throws Exception {
        try (TestProgram program = host("urls")) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            program.awaitLine("child: 42");
        }
    }

    @Test
    void shouldGatherItFromTheLoadersAboveToo() throws Exception {
        try (TestProgram program = host("two")) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            program.awaitLine("child: 42");
        }
    }

    @Test
    void shouldRefuseALoaderWithoutUrlsAndNameTheRemedy() throws Exception {
        try (TestProgram program = host("silent")) {
            assertThat(program.awaitExit()).as(program.text()).isZero();
            assertThat(program.awaitLine("refused: "))
                    .contains("IllegalStateException")
                    .contains("classPath(...)")
                    .contains("HostOfLoaders$Silent");
            program.awaitLine("named: 42");
        }
    }
}
