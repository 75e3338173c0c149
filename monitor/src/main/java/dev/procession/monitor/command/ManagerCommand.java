package dev.procession.monitor.command;

import dev.procession.manager.ManagerMain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a manager's server. */
@Command(
        name = ManagerCommand.NAME,
        description = {
            "Runs a manager's server until SIGTERM or Ctrl-C; programs attach to its address. It"
                    + " is the program dev.procession.manager.ManagerMain with these options.",
            "",
            "BYTES may end with k, m or g. Only the user may have access to the file with the"
                    + " secret (mode 0600)."
        })
final class ManagerCommand implements Callable<Integer> {

    static final String NAME = "manager";

    @Option(
            names = "--sync-writes",
            description = "The store's disk has each write before it is acknowledged.")
    private boolean syncWrites;

    @Option(
            names = "--max-bytes",
            paramLabel = "BYTES",
            description = "What it stores at most; else a third of its heap.")
    private String maxBytes = "";

    @Option(
            names = "--max-message-bytes",
            paramLabel = "BYTES",
            description = "The longest request and answer; else 64m.")
    private String maxMessageBytes = "";

    @Option(
            names = "--max-connections",
            paramLabel = "COUNT",
            description = "How many processes may be connected; else 4096.")
    private String maxConnections = "";

    @Option(
            names = "--json",
            description = "Write the address as a JSON document when the server listens.")
    private boolean json;

    @Parameters(
            index = "0",
            paramLabel = "DIRECTORY",
            description = "The server's directory, which is its address.")
    private String directory = "";

    @Parameters(
            index = "1",
            paramLabel = "SECRET-FILE",
            description = "The file with the secret that clients need.")
    private String secretFile = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "STORE-FILE",
            description = "The file that keeps the objects; without it they end with the server.")
    private String storeFile = "";

    @Override
    public Integer call() throws Exception {
        List<String> arguments = new ArrayList<>();
        if (syncWrites) {
            arguments.add("--sync-writes");
        }
        option(arguments, "--max-bytes", maxBytes);
        option(arguments, "--max-message-bytes", maxMessageBytes);
        option(arguments, "--max-connections", maxConnections);
        if (json) {
            arguments.add("--json");
        }
        arguments.add(directory);
        arguments.add(secretFile);
        if (!storeFile.isEmpty()) {
            arguments.add(storeFile);
        }
        ManagerMain.main(arguments.toArray(new String[0]));
        return RootCommand.DONE;
    }

    private static void option(List<String> arguments, String name, String value) {
        if (!value.isEmpty()) {
            arguments.add(name + "=" + value);
        }
    }
}
