package dev.procession.monitor.look;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Finds out of a JVM's command line what it runs. */
final class MainClass {

    /** Flags whose value is the next argument. */
    private static final Set<String> WITH_VALUE =
            Set.of(
                    "-cp",
                    "-classpath",
                    "--class-path",
                    "-p",
                    "--module-path",
                    "--upgrade-module-path",
                    "--add-modules",
                    "--add-exports",
                    "--add-opens",
                    "--add-reads",
                    "--patch-module",
                    "--limit-modules",
                    "--source");

    private static final Set<String> NAMES_IT = Set.of("-jar", "-m", "--module");

    private MainClass() {}

    /** Returns what a process runs; empty if it is not known. */
    static Optional<String> of(long pid) {
        try {
            // ProcessHandle does not tell command lines longer than 4 kB, and class paths are long.
            String line =
                    Files.readString(
                            Path.of("/proc", Long.toString(pid), "cmdline"),
                            StandardCharsets.ISO_8859_1);
            String[] words = line.split("\0", -1);
            return of(Arrays.copyOfRange(words, Math.min(1, words.length), words.length));
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }

    /** Returns the main class, module or JAR; empty if the arguments name none. */
    static Optional<String> of(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (NAMES_IT.contains(argument)) {
                return i + 1 < arguments.length ? Optional.of(arguments[i + 1]) : Optional.empty();
            }
            if (WITH_VALUE.contains(argument)) {
                i++;
            } else if (!argument.isEmpty()
                    && !argument.startsWith("-")
                    && !argument.startsWith("@")) {
                return Optional.of(argument);
            }
        }
        return Optional.empty();
    }
}
