package dev.procession.monitor.command;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a subcommand: says what there is. */
@Command(
        name = "procession",
        description = {
            "Shows what the programs of this user do with Procession, and ends what hangs.",
            "It finds the programs by itself; they need not have prepared anything."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PsCommand.class,
            TopCommand.class,
            StackCommand.class,
            CancelCommand.class,
            KillCommand.class,
            ManagerCommand.class,
            CleanCommand.class
        })
public final class RootCommand implements Runnable {

    /** The exit code when all went well. */
    static final int DONE = 0;

    /** The exit code when it could not be done. */
    static final int FAILED = 1;

    @Spec private CommandSpec spec;

    /** Runs the command; returns the exit code. */
    public static int run(String... args) {
        CommandLine root = new CommandLine(new RootCommand());
        describe(root);
        return root.setExecutionExceptionHandler(
                        (e, command, parsed) -> {
                            String message = e.getMessage() == null ? e.toString() : e.getMessage();
                            command.getErr().println("procession: " + Words.safeLines(message));
                            return FAILED;
                        })
                .execute(args);
    }

    /** Gives every command the same option for help, and the list of exit codes. */
    private static void describe(CommandLine command) {
        command.setUsageHelpAutoWidth(true);
        CommandSpec spec = command.getCommandSpec();
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help and exit.")
                        .build());
        spec.usageMessage()
                .commandListHeading("%nCommands:%n")
                .optionListHeading("%nOptions:%n")
                .parameterListHeading("%nArguments:%n")
                .descriptionHeading("%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes(spec.name()));
        command.getSubcommands().values().forEach(RootCommand::describe);
    }

    private static Map<String, String> exitCodes(String name) {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "It was done.");
        codes.put("1", "It could not be done; the message says why.");
        codes.put("2", "The arguments are wrong.");
        if (name.equals(ManagerCommand.NAME)) {
            codes.put("3", "The server ran out of memory.");
            codes.put("84", "The store failed.");
        }
        return codes;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }
}
