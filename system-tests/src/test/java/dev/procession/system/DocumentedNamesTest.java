package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.system.tool.KnownTypes;
import dev.procession.testing.TextTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The documents name only types that exist.
 *
 * <p>A word in back-ticks that begins with an upper-case letter and has a lower-case one counts as
 * the name of a type: alone, with its package, with type arguments, or before a member. The
 * changelog may name removed types, and other tests compile the blocks of code.
 */
@TextTest
@Timeout(120)
class DocumentedNamesTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /** Types of other projects, and names that only look like types. */
    private static final Set<String> FOREIGN =
            Set.of(
                    // Python's.
                    "JoinableQueue",
                    "Pool",
                    "concurrent.futures.ProcessPoolExecutor",
                    "multiprocessing.Manager",
                    "multiprocessing.Pipe",
                    "multiprocessing.Process",
                    "multiprocessing.Queue",
                    "multiprocessing.connection.Listener",
                    // Agrona's.
                    "BusySpinIdleStrategy",
                    // Spring Boot's.
                    "PropertiesLauncher",
                    // Micrometer's.
                    "ThreadLocalAccessor",
                    // Flight Recorder's events.
                    "dev.procession.ManagerStatistics",
                    "dev.procession.ManagerWait",
                    "dev.procession.QueueWait",
                    "dev.procession.Task",
                    "dev.procession.WorkerEnd",
                    "dev.procession.WorkerStart",
                    // A suffix of method names.
                    "Async");

    private static final Pattern BLOCK =
            Pattern.compile("^```.*?^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("`((?:[^`\n]|\n(?!\n))+)`");
    private static final Pattern NAME =
            Pattern.compile("((?:[a-z]\\w*\\.)*)([A-Z]\\w*)(?:[.#(<].*)?", Pattern.DOTALL);

    @Test
    void shouldNameOnlyTypesThatExist() throws Exception {
        KnownTypes types = KnownTypes.of(ROOT, FOREIGN);
        List<String> unknown = new ArrayList<>();
        for (Path document : documents()) {
            for (String name : unknown(Files.readString(document), types)) {
                unknown.add(ROOT.relativize(document) + ": " + name);
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void shouldFindUnknownNamesInEachForm() throws Exception {
        KnownTypes types = KnownTypes.of(ROOT, Set.of("Stranger"));
        String text =
                """
                `NoSuchType`, `NoSuchType.member`, `NoSuchType#member`, `NoSuchType(1, 2)`,
                `NoSuchType<K, V>`, `dev.procession.core.NoSuchType`, `dev.procession.core.String`,
                `java.lang.NoSuchType.member()`, `NoSuchType.over(
                the line)`.

                `DocumentedNamesTest`, `KnownTypes.of`, `ConcurrentMap<K, V>`, `String#length`,
                `java.util.Map.Entry`, `Entry`, `dev.procession.system.DocumentedNamesTest`,
                `Stranger`, `UPPER_CASE`, `A`, `lower`, `A sentence`, `./bench`, `…Benchmark`.

                ```java
                `NoSuchType`
                ```
                """;
        assertThat(unknown(text, types)).hasSize(9).allMatch(name -> !name.contains("Stranger"));
    }

    private static List<Path> documents() throws IOException {
        List<Path> result = new ArrayList<>();
        result.add(ROOT.resolve("README.md"));
        result.add(ROOT.resolve("CONTRIBUTING.md"));
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(result::add);
        }
        return result;
    }

    private static List<String> unknown(String text, KnownTypes types) {
        List<String> result = new ArrayList<>();
        Matcher code = CODE.matcher(BLOCK.matcher(text).replaceAll(""));
        while (code.find()) {
            Matcher name = NAME.matcher(code.group(1));
            if (name.matches()
                    && name.group(2).chars().anyMatch(Character::isLowerCase)
                    && !types.contains(name.group(1), name.group(2))) {
                result.add(code.group(1));
            }
        }
        return result;
    }
}
