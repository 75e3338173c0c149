package dev.procession.bench;

import dev.procession.bench.race.Bar;
import dev.procession.bench.race.Comparison;
import dev.procession.bench.race.Effort;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.PythonRival;
import dev.procession.bench.rival.RivalNames;
import dev.procession.bench.rival.manager.ChronicleMapRival;
import dev.procession.bench.rival.manager.ClientsRival;
import dev.procession.bench.rival.manager.FilledDict;
import dev.procession.bench.rival.manager.FilledDictRival;
import dev.procession.bench.rival.manager.FilledDictRival.Operation;
import dev.procession.bench.rival.manager.HazelcastRival;
import dev.procession.bench.rival.manager.ManagerRival;
import dev.procession.bench.rival.manager.ManagerWork;
import dev.procession.bench.rival.manager.NettyEchoRival;
import dev.procession.bench.rival.manager.RedisRival;
import java.util.List;
import java.util.stream.Stream;

/** The comparisons of the manager, and the bars that it must reach. */
final class ManagerComparisons {

    private static final String CALLS = "manager";
    private static final String PIPELINED = "manager-pipelined";
    private static final String HAND_OVER = "manager-hand-over";
    private static final String CLIENTS = "manager-clients";
    private static final String ENTRIES = "manager-entries";
    private static final String GET = "Procession get";
    private static final String PUT = "Procession put";
    private static final String LOCK = "Procession lock, unlock";
    private static final String PYTHON_GET = "Python get";
    private static final String PYTHON_PUT = "Python put";
    private static final String REDIS_GET = "Redis GET";
    private static final String REDIS_SET = "Redis SET";
    private static final String ASYNC = "Procession getAsync";
    private static final String BATCH = "Procession getAll";
    private static final String FEW = "8 clients in one process";
    private static final String FEW_APART = "8 clients in 8 processes";
    private static final String MANY = "200 clients in 20 processes";
    private static final String REMOVE_AND_PUT = "Procession remove, put";
    private static final String COMPUTE = "Procession compute";
    private static final String FIRST_PAGE = "Procession first page";

    /** How many entries the large dict has for each operation of a round. */
    private static final int ENTRIES_FOR_EACH = 200;

    private ManagerComparisons() {}

    static List<Comparison> comparisons() {
        return List.of(calls(), pipelined(), handOver(), clients(), entries());
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
                new Bar(PIPELINED, ASYNC, REDIS_GET, 0.3, "pipelined: 0.3 of Redis's time"),
                new Bar(PIPELINED, BATCH, REDIS_GET, 0.3, "batched: 0.3 of Redis's time"),
                new Bar(
                        HAND_OVER,
                        RivalNames.PROCESSION,
                        RivalNames.PYTHON,
                        0.3,
                        "a lock from process to process: at most 0.3 of Python's"),
                new Bar(CLIENTS, MANY, FEW, 1.25, "200 clients: at most 1.25 of 8 clients' time"),
                largeBar(GET, "get"),
                largeBar(PUT, "put"),
                largeBar(REMOVE_AND_PUT, "remove and put"),
                largeBar(COMPUTE, "compute"),
                largeBar(FIRST_PAGE, "the first page of an iteration"),
                new Bar(
                        ENTRIES,
                        large(GET),
                        "",
                        Figure.ENTRY_BYTES,
                        180,
                        "at most 180 bytes of heap for an entry of 43 bytes"));
    }

    private static Bar largeBar(String operation, String says) {
        return new Bar(
                ENTRIES,
                large(operation),
                small(operation),
                1.5,
                says + ": at 10 million entries at most 1.5 of the time at ten thousand");
    }

    private static String large(String operation) {
        return operation + ", many entries";
    }

    private static String small(String operation) {
        return operation + ", ten thousand";
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
                new Effort(9, 20_000, 20_000),
                new Effort(5, 10_000, 20_000),
                () ->
                        List.of(
                                new PythonRival(RivalNames.PYTHON, "manager_hand_over.py"),
                                new ClientsRival(RivalNames.PROCESSION, 2, 1, ManagerWork::fight)));
    }

    private static Comparison clients() {
        return new Comparison(
                CLIENTS,
                "gets by many clients at once, all together",
                "µs each",
                true,
                new Effort(9, 200_000, 1_000_000),
                new Effort(5, 20_000, 20_000),
                () ->
                        List.of(
                                new ClientsRival(FEW, 1, 8, ManagerWork::gets),
                                new ClientsRival(FEW_APART, 8, 1, ManagerWork::gets),
                                new ClientsRival(MANY, 20, 10, ManagerWork::gets)));
    }

    private static Comparison entries() {
        return new Comparison(
                ENTRIES,
                "one operation after the other on a dict of ten thousand entries, and on one of "
                        + ENTRIES_FOR_EACH
                        + " for each operation of a round: of 10 million in full rounds",
                "µs",
                true,
                new Effort(9, 50_000, 50_000),
                new Effort(5, 1_000, 1_000),
                ManagerComparisons::entriesRivals);
    }

    private static List<Rival> entriesRivals() {
        FilledDict few = new FilledDict(amount -> 10_000);
        FilledDict many = new FilledDict(amount -> amount * ENTRIES_FOR_EACH);
        return Stream.of(
                        pair(GET, Operation.GET, few, many),
                        pair(PUT, Operation.PUT, few, many),
                        pair(REMOVE_AND_PUT, Operation.REMOVE_AND_PUT, few, many),
                        pair(COMPUTE, Operation.COMPUTE, few, many),
                        pair(FIRST_PAGE, Operation.FIRST_PAGE, few, many))
                .flatMap(pair -> pair)
                .toList();
    }

    private static Stream<Rival> pair(
            String name, Operation operation, FilledDict few, FilledDict many) {
        return Stream.of(
                new FilledDictRival(small(name), few, operation),
                new FilledDictRival(large(name), many, operation));
    }
}
