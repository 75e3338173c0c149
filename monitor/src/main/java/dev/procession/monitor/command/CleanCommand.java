package dev.procession.monitor.command;

import dev.procession.core.life.LeftOvers;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes what dead programs have left. */
@Command(
        name = "clean",
        description = {
            "Removes what dead programs of this user have left: their sessions' directories, also"
                    + " the spare ones in the temporary directory, and names without a living"
                    + " member. Whatever a living process uses stays.",
            "",
            "The start of any program does the same."
        })
final class CleanCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(names = "--dry-run", description = "Say what would be removed, and remove nothing.")
    private boolean dryRun;

    @Option(
            names = "--json",
            description = "Write a JSON document: bytes, and the directories with their bytes.")
    private boolean json;

    /** The document of {@code --json}. */
    record Cleaned(
            boolean removed, long bytes, List<Directory> directories, List<String> failures) {}

    /** A directory that was left. */
    record Directory(String path, long bytes) {}

    @Override
    public Integer call() throws Exception {
        List<String> failures = new ArrayList<>();
        List<Directory> directories = new ArrayList<>();
        long bytes = 0;
        for (LeftOvers one :
                dryRun ? LeftOvers.find(failure(failures)) : LeftOvers.remove(failure(failures))) {
            directories.add(new Directory(one.directory().toString(), one.bytes()));
            bytes += one.bytes();
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.of(new Cleaned(!dryRun, bytes, directories, failures)));
        } else {
            for (Directory directory : directories) {
                out.printf(
                        "%8s  %s%n", Words.bytes(directory.bytes()), Words.safe(directory.path()));
            }
            out.printf(
                    "%s in %s%s%n",
                    Words.bytes(bytes),
                    Words.count(directories.size(), "directory", "directories"),
                    dryRun ? " would be removed" : " removed");
            failures.forEach(
                    failure ->
                            spec.commandLine()
                                    .getErr()
                                    .println("not removed: " + Words.safe(failure)));
        }
        return failures.isEmpty() ? RootCommand.DONE : RootCommand.FAILED;
    }

    private static java.util.function.Consumer<IOException> failure(List<String> failures) {
        return e -> failures.add(e.getMessage() == null ? e.toString() : e.getMessage());
    }
}
