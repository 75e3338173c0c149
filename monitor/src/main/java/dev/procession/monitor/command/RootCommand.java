package dev.procession.monitor.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command without a subcommand: says what there is. */
@Command(
        name = "procession",
        description =
                "Shows what the programs of this user do with Procession, and ends what hangs.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PsCommand.class})
public final class RootCommand implements Runnable {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    /** Runs the command; returns the exit code. */
    public static int run(String... args) {
        return new CommandLine(new RootCommand())
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> {
                            command.getErr().println(e.getMessage());
                            return command.getCommandSpec().exitCodeOnExecutionException();
                        })
                .execute(args);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command?");
    }
}
