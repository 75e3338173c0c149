package dev.procession.monitor;

import dev.procession.monitor.command.RootCommand;

/**
 * The main program of the command {@code procession}: shows what the programs of this user do, as
 * {@code ps} and {@code top} do for processes, and ends what hangs. {@code --help} lists what it
 * can do. It finds the programs by itself; they need not have opened a monitor.
 *
 * <p>The exit code is 0 if all went well, 1 if the command could not do it, and 2 if its arguments
 * make no sense.
 */
public final class ProcessionCommand {

    private ProcessionCommand() {}

    /**
     * Runs the command, and ends the JVM with its exit code.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        System.exit(RootCommand.run(args));
    }
}
