package dev.procession.bench;

import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.rival.PythonRival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.manager.ChronicleMapRival;
import dev.procession.bench.rival.manager.HazelcastRival;
import dev.procession.bench.rival.manager.ManagerRival;
import dev.procession.bench.rival.manager.ManagerWork;
import dev.procession.bench.rival.manager.NettyEchoRival;
import dev.procession.bench.rival.manager.RedisRival;
import java.util.List;

/** The comparisons of the manager, and the bars that it must reach. */
final class ManagerComparisons {

    private static final String CALLS = "manager";
    private static final String PIPELINED = "manager-pipelined";
    private static final String HAND_OVER = "manager-hand-over";
    private static final String CLIENTS = "manager-clients";
    private static final String GET = "Procession get";
    private static final String PUT = "Procession put";
    private static final String LOCK = "Procession lock, unlock";
    private static final String PYTHON_GET = "Python get";
    private static final String PYTHON_PUT = "Python put";
    private static final String REDIS_GET = "Redis GET";
    private static final String REDIS_SET = "Redis SET";
    private static final String ASYNC = "Procession getAsync";
    private static final String BATCH = "Procession getAll";
    private static final String FEW = "8 clients";
    private static final String MANY = "200 clients";

    private ManagerComparisons() {}

    static List<Comparison> comparisons() {
        return List.of(calls(), pipelined(), handOver(), clients());
    }

    static List<Bar> bars() {
        return List.of(
                new Bar(CALLS, GET, NettyEchoRival.NAME, 1.3, "get: at most 1.3 raw Netty echoes"),
                new Bar(CALLS, PUT, NettyEchoRival.NAME, 1.3, "put: at most 1.3 raw Netty echoes"),
                new Bar(CALLS, GET, PYTHON_GET, 1.0 / 3, "get: at most a third of Python's"),
                new Bar(CALLS, PUT, PYTHON_PUT, 1.0 / 3, "put: at most a third of Python's"),
                new Bar(CALLS, GET, REDIS_GET, 1.0, "get: no more than Redis's GET"),
                new Bar(CALLS, PUT, REDIS_SET, 1.0, "put: no more than Redis's SET"),
                new Bar(CALLS, LOCK, GET, 2.2, "lock and unlock: at most 2.2 times a get"),
                new Bar(PIPELINED, ASYNC, REDIS_GET, 1.0, "pipelined: no slower than Redis"),
                new Bar(PIPELINED, BATCH, REDIS_GET, 1.0, "batched: no slower than Redis"),
                new Bar(
                        HAND_OVER,
                        RivalNames.PROCESSION,
                        RivalNames.PYTHON,
                        0.2,
                        "a lock from process to process: at least 5 times as fast as Python"),
                new Bar(CLIENTS, MANY, FEW, 1.25, "200 clients: at least 80 % of 8 clients' rate"));
    }

    private static Comparison calls() {
        return new Comparison(
                CALLS,
                "one call of a shared dict or lock after the other, from another process",
                "µs",
                true,
                new Effort(9, 20_000, 50_000),
                new Effort(5, 10_000, 20_000),
                () ->
                        List.of(
                                new NettyEchoRival(),
                                new ManagerRival(GET, ManagerWork::get),
                                new ManagerRival(PUT, ManagerWork::put),
                                new ManagerRival(LOCK, ManagerWork::lockAndUnlock),
                                RedisRival.get(REDIS_GET, 1),
                                RedisRival.set(REDIS_SET),
                                new HazelcastRival("Hazelcast get", false),
                                new HazelcastRival("Hazelcast put", true),
                                new ChronicleMapRival("Chronicle Map get", false),
                                new ChronicleMapRival("Chronicle Map put", true),
                                new PythonRival(PYTHON_GET, "manager_get.py"),
                                new PythonRival(PYTHON_PUT, "manager_put.py")));
    }

    private static Comparison pipelined() {
        return new Comparison(
                PIPELINED,
                "gets with 16 in flight, or 16 in a batch",
                "µs each",
                true,
                new Effort(9, 160_000, 320_000),
                new Effort(5, 80_000, 160_000),
                () ->
                        List.of(
                                RedisRival.get(REDIS_GET, ManagerWork.IN_FLIGHT),
                                new ManagerRival(ASYNC, ManagerWork::pipelined),
                                new ManagerRival(BATCH, ManagerWork::batched)));
    }

    private static Comparison handOver() {
        return new Comparison(
                HAND_OVER,
                "two processes that fight for one lock: time for each lock and unlock",
                "µs",
                true,
                new Effort(9, 20_000, 10_000),
                new Effort(5, 10_000, 10_000),
                () ->
                        List.of(
                                new PythonRival(RivalNames.PYTHON, "manager_hand_over.py"),
                                new ManagerRival(RivalNames.PROCESSION, ManagerWork::handOver)));
    }

    private static Comparison clients() {
        return new Comparison(
                CLIENTS,
                "gets by many connections at once, all together",
                "µs each",
                true,
                new Effort(9, 200_000, 200_000),
                new Effort(5, 100_000, 100_000),
                () ->
                        List.of(
                                new ManagerRival(
                                        FEW, (manager, n) -> ManagerWork.clients(manager, 8, n)),
                                new ManagerRival(
                                        MANY,
                                        (manager, n) -> ManagerWork.clients(manager, 200, n))));
    }
}
