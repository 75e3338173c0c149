package dev.procession.monitor.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.procession.core.snapshot.PoolSnapshot;
import dev.procession.core.snapshot.ProgramSnapshot;
import dev.procession.core.snapshot.WorkerSnapshot;
import dev.procession.monitor.look.Kill;
import dev.procession.monitor.look.Programs;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** What the page's buttons do: show a worker's stack, cancel a task, kill a worker. */
final class Actions {

    static final Set<String> NAMES = Set.of("stack", "cancel", "kill");

    private static final String SESSION = "session";
    private static final String POOL = "pool";

    private final ObjectMapper json = new ObjectMapper();

    /**
     * Does it.
     *
     * @param body an object of JSON: the session, the pool's number, and the worker's index, the
     *     task's number or the worker's pid
     */
    Response run(String name, byte[] body) {
        JsonNode arguments;
        try {
            arguments = json.readTree(body);
        } catch (IOException e) {
            return Response.text(400, "not JSON");
        }
        if (!arguments.path(SESSION).isTextual() || !arguments.path(POOL).canConvertToLong()) {
            return Response.text(400, "the session or the pool is missing");
        }
        String session = arguments.path(SESSION).asText();
        long pool = arguments.path(POOL).asLong();
        try {
            return switch (name) {
                case "stack" ->
                        Response.text(
                                200,
                                Programs.stack(
                                        session, pool, number(arguments, "worker").intValue()));
                case "cancel" -> cancel(session, pool, number(arguments, "task").longValue());
                case "kill" -> kill(session, pool, number(arguments, "pid").longValue());
                default -> Response.text(404, "no such action");
            };
        } catch (IOException e) {
            return Response.text(409, String.valueOf(e.getMessage()));
        }
    }

    private static Number number(JsonNode arguments, String name) throws IOException {
        JsonNode value = arguments.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IOException("a number is missing: " + name);
        }
        return value.numberValue();
    }

    private static Response cancel(String session, long pool, long task) throws IOException {
        return Programs.cancel(session, pool, task)
                ? Response.text(200, "cancelled")
                : Response.text(409, "the task has ended before");
    }

    /** Sends SIGKILL, but only to a process that is a worker of this pool now. */
    private static Response kill(String session, long pool, long pid) throws IOException {
        Optional<Kill> worker = Kill.of(pid); // before the look, so that it is no later process
        for (ProgramSnapshot program : Programs.look().programs()) {
            for (PoolSnapshot each : program.pools()) {
                if (program.session().equals(session) && each.number() == pool) {
                    return worker.filter(
                                    found -> isWorker(program, each, pid) && found.isOf(program))
                            .map(Actions::kill)
                            .orElseGet(() -> Response.text(409, "the pool has no such worker now"));
                }
            }
        }
        return Response.text(409, "the pool has ended");
    }

    private static Response kill(Kill worker) {
        return worker.send()
                ? Response.text(200, "killed")
                : Response.text(409, "the worker has ended before");
    }

    private static boolean isWorker(ProgramSnapshot program, PoolSnapshot pool, long pid) {
        return program.pid() != pid
                && pool.workers().stream()
                        .anyMatch(worker -> worker.pid() == pid && isAlive(worker));
    }

    private static boolean isAlive(WorkerSnapshot worker) {
        return worker.pid() > 0 && !worker.state().equals("DEAD");
    }
}
