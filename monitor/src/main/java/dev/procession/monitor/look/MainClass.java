package dev.procession.monitor.look;

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

    /** Returns the main class, module or JAR; empty if the arguments name none. */
    static Optional<String> of(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (NAMES_IT.contains(argument)) {
                return i + 1 < arguments.length ? Optional.of(arguments[i + 1]) : Optional.empty();
            }
            if (WITH_VALUE.contains(argument)) {
                i++;
            } else if (!argument.startsWith("-") && !argument.startsWith("@")) {
                return Optional.of(argument);
            }
        }
        return Optional.empty();
    }
}
