package dev.procession.monitor.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.procession.manager.ManagerMain;
import dev.procession.testing.SessionFiles;
import dev.procession.testing.Signal;
import dev.procession.testing.SystemTest;
import dev.procession.testing.TestProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each subcommand, in a process of its own, against programs that prepared nothing. */
@SystemTest
@Timeout(120)
class CommandTest {

    /** The programs are killed at the end of each test. */
    @AfterEach
    void removesTheirFiles() throws Exception {
        assertThat(CommandRun.of("clean").exitCode()).isZero();
    }

    private static JsonNode program(JsonNode machine, TestProgram program) {
        for (JsonNode one : machine.path("programs")) {
            if (one.path("pid").asLong() == program.pid()) {
                return one;
            }
        }
        return machine.path("missing");
    }

    private static JsonNode pool(JsonNode machine, TestProgram program) {
        return program(machine, program).path("pools").path(0);
    }

    /** Returns the running task with a name, as JSON; a missing node if it does not run. */
    private static JsonNode running(JsonNode pool, String name) {
        for (JsonNode task : pool.path("tasks")) {
            if (task.path("name").asText().equals(name)
                    && task.path("state").asText().equals("RUNNING")) {
                return task;
            }
        }
        return pool.path("missing");
    }

    private static JsonNode awaitRunning(TestProgram program, String... names) {
        return pool(
                CommandRun.awaitMachine(
                        machine -> {
                            for (String name : names) {
                                if (running(pool(machine, program), name).isMissingNode()) {
                                    return false;
                                }
                            }
                            return true;
                        },
                        "these tasks run: " + List.of(names)),
                program);
    }

    private static long workerOf(JsonNode pool, String task) {
        int index = running(pool, task).path("worker").asInt();
        for (JsonNode worker : pool.path("workers")) {
            if (worker.path("index").asInt() == index) {
                return worker.path("pid").asLong();
            }
        }
        throw new AssertionError("no worker has the task: " + pool);
    }

    @Nested
    class Shows {

        @Test
        void shouldListProgramsPoolsWorkersAndTasks() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class)) {
                JsonNode pool = awaitRunning(shop, "hung", "again");
                CommandRun ps = CommandRun.of("ps");
                assertThat(ps.exitCode()).isZero();
                assertThat(ps.text())
                        .contains(Shop.class.getName() + "  pid " + shop.pid())
                        .contains("pool shop: ")
                        .contains("of 3 workers")
                        .contains("RESTARTS")
                        .containsPattern(workerOf(pool, "hung") + "  busy .* \\d+ hung ")
                        .containsPattern("last failure, .* bad: IllegalStateException: out of");

                JsonNode program = program(CommandRun.json("ps"), shop);
                assertThat(program.path("residentBytes").asLong()).isPositive();
                assertThat(program.path("startedAt").asLong()).isPositive();
                assertThat(pool.path("workers").path(0).path("restarts").isInt()).isTrue();
                assertThat(program.path("members").size()).isGreaterThan(1);
            }
        }

        @Test
        void shouldShowStacksOfWorkersAndOfTheirProgram() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class)) {
                long worker = workerOf(awaitRunning(shop, "hung", "again"), "hung");
                CommandRun stack = CommandRun.of("stack", Long.toString(worker));
                assertThat(stack.exitCode()).isZero();
                assertThat(stack.text()).contains("(hung)").contains("Shop.hang(Shop.java:");
                JsonNode json = CommandRun.json("stack", Long.toString(worker));
                assertThat(json.path("pid").asLong()).isEqualTo(worker);
                assertThat(json.path("stack").asText()).contains("Shop.hang(");

                CommandRun program = CommandRun.of("stack", Long.toString(shop.pid()));
                assertThat(program.exitCode()).isZero();
                assertThat(program.text()).contains("\"main\"").contains("Shop.main(Shop.java:");

                long stranger = ProcessHandle.current().pid();
                CommandRun none = CommandRun.of("stack", Long.toString(stranger));
                assertThat(none.exitCode()).isEqualTo(RootCommand.FAILED);
                assertThat(none.text())
                        .contains("has the process " + stranger)
                        .contains("program " + shop.pid() + " with the workers ")
                        .contains(Long.toString(worker));
            }
        }

        @Test
        void shouldShowAStoppedProgramAndWhatADeadOneLeft() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class);
                    TestProgram dead = TestProgram.start(Shop.class)) {
                awaitRunning(shop, "hung");
                awaitRunning(dead, "hung");
                String left = Path.of(dead.awaitLine("home: ")).getFileName().toString();
                dead.kill();
                Signal.STOP.sendTo(shop.pid());
                CommandRun ps = CommandRun.of("ps");
                Signal.CONT.sendTo(shop.pid());
                assertThat(ps.exitCode()).isZero();
                assertThat(ps.text())
                        .contains("pid " + shop.pid())
                        .contains("tells nothing of its pools: it is stopped")
                        .contains("left by a dead program: " + left)
                        .doesNotContain("pid " + dead.pid());
            }
        }

        @Test
        void shouldShowWhoHoldsALockAndWhoWaitsForIt() throws Exception {
            try (TestProgram stock = TestProgram.start(Stock.class, "embedded")) {
                JsonNode manager = awaitWaiter(stock);
                assertThat(manager.path("pid").asLong()).isEqualTo(stock.pid());
                JsonNode lock = manager.path("locks").path(0);
                assertThat(lock.path("name").asText()).isEqualTo("stock");
                String holder = lock.path("holder") + " \\(worker \\d of store: \\d+ count\\)";
                String waiter =
                        lock.path("waiters").path(0).path("pid")
                                + " \\(worker \\d of store: \\d+ refill\\)";
                String text = CommandRun.of("ps").text();
                assertThat(text.replaceAll("\\s+", " "))
                        .contains("manager " + manager.path("address").asText() + ":")
                        .contains("dict prices: 1 entry, ")
                        .contains("counter sold: 42, ")
                        .containsPattern(
                                "lock stock: held by "
                                        + holder
                                        + ", thread \\d+, for [0-9.]+s; waiting: "
                                        + waiter
                                        + " for [0-9.]+s");
            }
        }

        @Test
        void shouldShowQueuesTheirUsersAndLeases() throws Exception {
            try (TestProgram desk = TestProgram.start(Desk.class, "letters")) {
                desk.awaitLine("ready: ");
                try (TestProgram clerk = TestProgram.start(Desk.class, "letters", "clerk");
                        TestProgram dead = TestProgram.start(Desk.class, "letters", "dead")) {
                    clerk.awaitLine("leased: ");
                    dead.awaitLine("leased: ");
                    dead.kill();
                    CommandRun ps = CommandRun.of("ps");
                    assertThat(ps.exitCode()).isZero();
                    assertThat(ps.text())
                            .containsPattern("q1-\\d+ +1 +1 .* " + desk.pid())
                            .containsPattern("q1-\\d+: " + desk.pid() + " waits for room")
                            .contains("queues with a name")
                            .containsPattern("letters +5 +20 .* 2 .*" + clerk.pid() + ".*1 dead")
                            .contains("is leased to process " + clerk.pid() + " for ")
                            .contains("is leased to a dead process");

                    JsonNode queue = CommandRun.json("ps").path("queues").path(0);
                    assertThat(queue.path("size").asLong()).isEqualTo(5);
                    assertThat(queue.path("users").path(0).path("pid").asLong())
                            .isEqualTo(desk.pid());
                    assertThat(queue.path("leases").findValuesAsText("holder"))
                            .containsExactlyInAnyOrder("0", Long.toString(clerk.pid()));
                }
                CommandRun top = CommandRun.of("top", "-d", "0.2", "-n", "3");
                assertThat(top.text()).containsPattern("letters +5 +20 +>\\d+\\.\\ds ");
            }
        }

        @Test
        void shouldShowAManagerWhoseProcessIsStopped() throws Exception {
            try (TestProgram stock = TestProgram.start(Stock.class, "started")) {
                long server = Long.parseLong(stock.awaitLine("server: "));
                assertThat(awaitWaiter(stock).path("pid").asLong()).isEqualTo(server);
                Signal.STOP.sendTo(server);
                CommandRun ps = CommandRun.of("ps");
                Signal.CONT.sendTo(server);
                assertThat(ps.exitCode()).isZero();
                assertThat(ps.text())
                        .contains("process " + server + " does not answer: it is stopped")
                        .contains("pool store: ");
                awaitWaiter(stock);
            }
        }

        /** Returns the manager of a program whose lock a process waits for. */
        private JsonNode awaitWaiter(TestProgram stock) {
            JsonNode machine =
                    CommandRun.awaitMachine(
                            all ->
                                    program(all, stock).at("/managers/0/locks/0/waiters").size()
                                            == 1,
                            "a process waits for the lock");
            return program(machine, stock).path("managers").path(0);
        }

        @Test
        void shouldWriteALineForEachLook() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class)) {
                awaitRunning(shop, "hung");
                CommandRun top = CommandRun.of("top", "--json", "-d", "0.2", "-n", "3");
                assertThat(top.exitCode()).isZero();
                assertThat(top.text().lines())
                        .hasSize(3)
                        .allMatch(line -> line.startsWith("{\"at\":") && line.contains("shop"));
                CommandRun plain = CommandRun.of("top", "-d", "0.2", "-n", "2");
                assertThat(plain.text())
                        .contains("1 program, 3 workers, ")
                        .contains(" tasks/s, 3 of 3 workers")
                        .doesNotContain("\u001b");
            }
        }
    }

    @Nested
    class Ends {

        @Test
        void shouldCancelATaskByItsNameAndByItsNumber() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class, "twice")) {
                JsonNode pool = awaitRunning(shop, "hung", "twin");
                CommandRun twin = CommandRun.of("cancel", "twin");
                assertThat(twin.exitCode()).isEqualTo(RootCommand.FAILED);
                assertThat(twin.text())
                        .contains("2 tasks are called 'twin'; none was cancelled:")
                        .contains("twin in pool shop of program " + shop.pid());

                CommandRun hung = CommandRun.of("cancel", "hung");
                assertThat(hung.text()).contains("cancelled: task ").contains(" hung in pool shop");
                assertThat(hung.exitCode()).isZero();
                assertThat(shop.awaitLine("hung: ")).isEqualTo("cancelled");

                long number = running(pool, "twin").path("id").asLong();
                JsonNode json = CommandRun.json("cancel", "shop/" + number);
                assertThat(json.path(0).path("task").asLong()).isEqualTo(number);
                assertThat(json.path(0).path("cancelled").asBoolean()).isTrue();
                CommandRun.awaitMachine(
                        machine -> pool(machine, shop).path("tasks").size() == 1,
                        "one twin is left");

                CommandRun none = CommandRun.of("cancel", "nothing");
                assertThat(none.exitCode()).isEqualTo(RootCommand.FAILED);
                assertThat(none.text()).contains("No pool has the task 'nothing' now.");
            }
        }

        @Test
        void shouldKillAWorkerAndSayWhatBecameOfItsTask() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class)) {
                JsonNode pool = awaitRunning(shop, "hung", "again");
                long worker = workerOf(pool, "hung");
                CommandRun kill = CommandRun.of("kill", Long.toString(worker));
                assertThat(kill.exitCode()).isZero();
                assertThat(kill.text())
                        .contains("killed: worker " + worker + "; its task was ")
                        .contains(" hung: it failed: ")
                        .contains("WorkerCrashedException");
                assertThat(ProcessHandle.of(worker).filter(ProcessHandle::isAlive)).isEmpty();
                assertThat(shop.awaitLine("hung: ")).contains("WorkerCrashedException");

                long other = workerOf(pool, "again");
                JsonNode json = CommandRun.json("kill", Long.toString(other));
                assertThat(json.path("kind").asText()).isEqualTo("worker");
                assertThat(json.path("name").asText()).isEqualTo("again");
                assertThat(json.path("fate").asText()).isEqualTo("it is repeated, attempt 2");

                long stranger = ProcessHandle.current().pid();
                CommandRun none = CommandRun.of("kill", Long.toString(stranger));
                assertThat(none.exitCode()).isEqualTo(RootCommand.FAILED);
                assertThat(none.text()).contains("has the process " + stranger);
            }
        }

        @Test
        void shouldRemoveWhatTheDeadLeftAndNothingElse() throws Exception {
            try (TestProgram shop = TestProgram.start(Shop.class);
                    TestProgram dead = TestProgram.start(Shop.class)) {
                Path living = Path.of(shop.awaitLine("home: "));
                Path left = Path.of(dead.awaitLine("home: "));
                dead.kill();
                CommandRun.awaitMachine(
                        machine -> program(machine, dead).isMissingNode(), "it is dead");

                CommandRun dry = CommandRun.of("clean", "--dry-run");
                assertThat(dry.exitCode()).isZero();
                assertThat(dry.text()).contains(left.toString()).contains(" would be removed");
                assertThat(left).exists();

                JsonNode clean = CommandRun.json("clean");
                assertThat(clean.path("removed").asBoolean()).isTrue();
                assertThat(clean.path("bytes").asLong()).isPositive();
                assertThat(clean.path("directories").findValuesAsText("path"))
                        .contains(left.toString())
                        .doesNotContain(living.toString());
                assertThat(SessionFiles.directoriesOf(dead.pid())).isEmpty();
                assertThat(living).exists();
                assertThat(CommandRun.of("clean").text()).contains("0 B in 0 directories removed");
            }
        }
    }

    @Nested
    class Runs {

        @Test
        void shouldRunAManagersServer(@TempDir Path directory) throws Exception {
            Path secret =
                    Files.createFile(
                            directory.resolve("secret"),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, "a long secret of the test");
            Path address = directory.resolve("m");
            try (TestProgram server =
                    TestProgram.start(
                            dev.procession.monitor.ProcessionCommand.class,
                            "manager",
                            "--json",
                            address.toString(),
                            secret.toString())) {
                assertThat(server.awaitLine("{\"listening\":")).startsWith("\"" + address);
                assertThat(CommandRun.of("ps").text())
                        .contains("ProcessionCommand  pid " + server.pid())
                        .contains("manager " + address + ": pid " + server.pid());
                server.terminate();
                assertThat(server.awaitExit()).isEqualTo(128 + 15);
            }
            try (TestProgram server =
                    TestProgram.start(ManagerMain.class, address.toString(), secret.toString())) {
                assertThat(server.awaitLine("listening: ")).isEqualTo(address.toString());
                JsonNode manager = program(CommandRun.json("ps"), server).path("managers").path(0);
                assertThat(manager.path("address").asText()).isEqualTo(address.toString());
                assertThat(manager.path("pid").asLong()).isEqualTo(server.pid());
                assertThat(manager.path("silent").isNull()).isTrue();
            }
            CommandRun wrong = CommandRun.of("manager", "--max-bytes=x", "m", secret.toString());
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.text()).contains("wrong option: --max-bytes=x");
        }

        @Test
        void shouldDescribeEachCommandAndItsExitCodes() throws Exception {
            CommandRun help = CommandRun.of("--help");
            assertThat(help.exitCode()).isZero();
            for (String command :
                    List.of("ps", "top", "stack", "cancel", "kill", "manager", "clean")) {
                assertThat(help.text()).contains("  " + command);
                CommandRun its = CommandRun.of(command, "--help");
                assertThat(its.exitCode()).isZero();
                assertThat(its.text()).contains("--json").contains("Exit codes:");
            }
            assertThat(CommandRun.of("no-such").exitCode()).isEqualTo(2);
            assertThat(CommandRun.of().exitCode()).isEqualTo(2);
        }
    }
}
