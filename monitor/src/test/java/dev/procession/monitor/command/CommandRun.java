package dev.procession.monitor.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.procession.monitor.ProcessionCommand;
import dev.procession.testing.Await;
import dev.procession.testing.TestProgram;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * A run of the command in a process of its own, which sees the programs of the tests alone.
 *
 * @param exitCode its exit code
 * @param text what it wrote
 */
record CommandRun(int exitCode, String text) {

    static CommandRun of(String... arguments) throws IOException, InterruptedException {
        try (TestProgram command = TestProgram.start(ProcessionCommand.class, arguments)) {
            int exitCode = command.awaitExit();
            return new CommandRun(exitCode, command.text());
        }
    }

    /** Runs {@code ps --json} until the machine is as expected; returns its document. */
    static JsonNode awaitMachine(Predicate<JsonNode> expected, String description) {
        AtomicReference<JsonNode> machine = new AtomicReference<>();
        Await.until(
                Await.PATIENCE,
                () -> {
                    machine.set(json("ps"));
                    return expected.test(machine.get());
                },
                () -> description + ", but " + machine.get());
        return machine.get();
    }

    /** Runs a command with {@code --json}; returns its document. */
    static JsonNode json(String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of(arguments));
        all.add("--json");
        try {
            CommandRun run = of(all.toArray(new String[0]));
            return new ObjectMapper().readTree(run.text());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
