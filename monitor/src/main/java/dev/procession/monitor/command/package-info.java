/**
 * The command: one class for each subcommand, and the terminal.
 *
 * <p>Runs in the command's own process, on its main thread. {@link
 * dev.procession.monitor.command.RootCommand} is the entry point; {@code monitor.look} knows the
 * programs.
 */
@NullMarked
package dev.procession.monitor.command;

import org.jspecify.annotations.NullMarked;
