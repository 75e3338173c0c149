package dev.procession.monitor.look;

import dev.procession.core.launch.OwnFlags;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out of a process's command line what it runs. Options are read as {@code java} reads them,
 * also those in argument files, relative to the directory of that process.
 */
final class MainClass {

    private static final Set<String> MODULE = Set.of("-m", "--module");

    private static final String MODULE_EQUALS = "--module=";

    private static final Set<String> LAUNCHERS = Set.of("java", "javaw");

    private static final String NO_FILES = "--disable-@files";

    /** A larger file is not one of arguments. */
    private static final long MAX_FILE_BYTES = 1 << 20;

    private MainClass() {}

    /** Returns what a process runs; empty if it is not known. */
    static Optional<String> of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            // ProcessHandle does not tell command lines longer than 4 kB, and class paths are long.
            String line = text(process.resolve("cmdline"));
            List<String> words = Arrays.asList(line.split("\0"));
            if (line.isEmpty()) {
                return Optional.empty(); // it has just ended
            }
            if (!LAUNCHERS.contains(executable(process, words.get(0)))) {
                return Optional.of(lastName(words.get(0))); // a launcher of its own
            }
            return of(words.subList(1, words.size()), process.resolve("cwd"));
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }

    /** Returns the name of the file that a process executes; it may call itself anything else. */
    private static String executable(Path process, String called) {
        try {
            return lastName(Files.readSymbolicLink(process.resolve("exe")).toString());
        } catch (IOException | UnsupportedOperationException e) {
            return lastName(called);
        }
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String text(Path file) throws IOException {
        String encoding = System.getProperty("native.encoding");
        return new String(
                Files.readAllBytes(file),
                encoding == null ? Charset.defaultCharset() : Charset.forName(encoding));
    }

    /**
     * Returns the main class, the module with it, the JAR or the source file; empty if the
     * arguments name none.
     *
     * @param directory where relative argument files are
     */
    static Optional<String> of(List<String> arguments, Path directory) {
        List<String> rest = new ArrayList<>(arguments);
        boolean files = true;
        int fromFile = 0; // those before this are no files themselves
        for (int i = 0; i < rest.size(); i++) {
            String argument = rest.get(i);
            if (argument.startsWith("@") && files && i >= fromFile) {
                List<String> inFile = inFile(argument, directory);
                rest.addAll(i + 1, inFile);
                fromFile = i + 1 + inFile.size();
            } else if (MODULE.contains(argument)) {
                return i + 1 < rest.size() ? Optional.of(rest.get(i + 1)) : Optional.empty();
            } else if (argument.startsWith(MODULE_EQUALS)) {
                return Optional.of(argument.substring(MODULE_EQUALS.length()));
            } else if (OwnFlags.takesNextWord(argument)) {
                i++;
            } else if (argument.equals(NO_FILES)) {
                files = false;
            } else if (!argument.isEmpty() && !argument.startsWith("-")) {
                return Optional.of(argument); // with -jar it is the JAR
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the same of a JVM that tells its command itself.
     *
     * @param command the system property {@code sun.java.command}
     */
    static Optional<String> ofCommand(String command) {
        String first = command.strip().split("\\s", 2)[0];
        return first.isEmpty() ? Optional.empty() : Optional.of(first);
    }

    /** Returns the arguments in a file; none if it is gone. */
    private static List<String> inFile(String argument, Path directory) {
        try {
            Path file = directory.resolve(argument.substring(1));
            return Files.isRegularFile(file) && Files.size(file) <= MAX_FILE_BYTES
                    ? ArgumentWords.of(text(file))
                    : List.of();
        } catch (IOException | InvalidPathException e) {
            return List.of();
        }
    }
}
