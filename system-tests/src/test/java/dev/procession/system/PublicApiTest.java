package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Sets;
import dev.procession.system.tool.PublicApi;
import dev.procession.testing.TextTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The public API is the one in the checked-in files, so that it never changes by accident.
 *
 * <p>There is one file for each module that exports packages to all modules. A commit that changes
 * the public API changes the file as well. {@code -Dprocession.api.write=true} rewrites the files.
 */
@TextTest
@Timeout(180)
class PublicApiTest {

    private static final Path FILES = Path.of("src", "test", "resources", "api");
    private static final String WRITE = "procession.api.write";
    private static final String COMMAND =
            "mvn -pl system-tests -am test -Dtest=PublicApiTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -D"
                    + WRITE
                    + "=true";

    @Test
    void shouldHaveThePublicApiOfTheFiles() throws Exception {
        ImmutableSortedMap<String, List<String>> modules = PublicApi.ofClassPath();
        assertThat(modules.keySet())
                .contains(
                        "dev.procession.core",
                        "dev.procession.manager",
                        "dev.procession.pipe",
                        "dev.procession.pool",
                        "dev.procession.queue");
        if (Boolean.getBoolean(WRITE)) {
            write(modules);
        }

        List<String> differences = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>(modules.keySet());
        names.addAll(filed());
        for (String name : names) {
            Path file = file(name);
            List<String> expected = Files.exists(file) ? Files.readAllLines(file) : List.of();
            differences.addAll(differences(name, expected, modules.getOrDefault(name, List.of())));
        }
        assertThat(differences)
                .as(
                        "the public API differs from the files in %s; rewrite them by:%n%s",
                        FILES, COMMAND)
                .isEmpty();
    }

    @Test
    void shouldNameTypeOfEachLineThatDiffers() {
        List<String> before =
                List.of("public class A", "  public void run();", "  public void go();");
        List<String> after =
                List.of("public class A", "  public int run();", "  public void go();");
        assertThat(differences("m", before, after))
                .containsExactly(
                        "m: - public class A: public void run();",
                        "m: + public class A: public int run();");
    }

    private static void write(ImmutableSortedMap<String, List<String>> modules) throws IOException {
        Files.createDirectories(FILES);
        for (String name : filed()) {
            Files.delete(file(name));
        }
        for (String name : modules.keySet()) {
            Files.write(file(name), modules.get(name));
        }
    }

    private static Path file(String module) {
        return FILES.resolve(module + ".txt");
    }

    /** The modules that have a file. */
    private static List<String> filed() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString())
                    .map(name -> name.substring(0, name.length() - ".txt".length()))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> differences(
            String module, List<String> expected, List<String> actual) {
        Set<String> before = withTypes(expected);
        Set<String> after = withTypes(actual);
        List<String> result = new ArrayList<>();
        for (String line : Sets.difference(before, after)) {
            result.add(module + ": - " + line);
        }
        for (String line : Sets.difference(after, before)) {
            result.add(module + ": + " + line);
        }
        return result;
    }

    /**
     * Puts the declaration of its type before each member, so that a single line shows where it
     * belongs.
     */
    private static Set<String> withTypes(List<String> lines) {
        Set<String> result = new LinkedHashSet<>();
        String type = "";
        for (String line : lines) {
            if (line.startsWith(" ")) {
                result.add(type + ": " + line.strip());
            } else if (!line.isEmpty()) {
                type = line;
                result.add(line);
            }
        }
        return result;
    }
}
