package dev.procession.bench.rival.manager;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.bench.rival.Children;
import dev.procession.core.ChildProcess;
import dev.procession.manager.Manager;
import dev.procession.pipe.Connection;
import dev.procession.pipe.EndOfPipeException;
import dev.procession.pipe.Pipe;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Client processes that use one manager at once, each with some threads: microseconds for each
 * operation, all together. The processes live for all rounds, so that they are as warm as a client
 * in the measuring JVM.
 */
public final class ClientsRival implements Rival {

    private final String name;
    private final int processes;
    private final int threads;
    private final Work work;
    private final List<Pipe<Integer>> pipes = new ArrayList<>();
    private final List<ChildProcess<Void>> children = new ArrayList<>();
    private @Nullable Manager manager;
    private Set<Long> servers = Set.of();

    /** The work of one client. */
    public interface Work extends Serializable {
        void run(Manager manager, int times) throws InterruptedException;
    }

    /**
     * Clients.
     *
     * @param threads the number of clients in each process
     */
    public ClientsRival(String name, int processes, int threads, Work work) {
        this.name = name;
        this.processes = processes;
        this.threads = threads;
        this.work = work;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return Machine.processionVersion();
    }

    @Override
    public void open() {
        Manager shared = Manager.start();
        manager = shared;
        servers = Set.of(shared.stats().pid());
        int count = threads;
        Work each = work;
        for (int i = 0; i < processes; i++) {
            Pipe<Integer> pipe = Pipe.open();
            pipes.add(pipe);
            Connection<Integer> orders = pipe.second();
            children.add(Children.builder().start(() -> serve(orders, shared, count, each)));
        }
    }

    @Override
    public Set<Long> servers() {
        return servers;
    }

    /** The work of a child process: for each order, each of its threads works so many times. */
    private static void serve(Connection<Integer> orders, Manager manager, int threads, Work work)
            throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(threads);
        try {
            while (true) {
                int times = orders.receive();
                Callable<Void> client =
                        () -> {
                            work.run(manager, times);
                            return null;
                        };
                List<Future<Void>> working = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    working.add(clients.submit(client));
                }
                for (Future<Void> each : working) {
                    each.get();
                }
                orders.send(times);
            }
        } catch (EndOfPipeException e) {
            return; // no more orders
        } finally {
            clients.shutdownNow();
        }
    }

    @Override
    public Figure measure(int amount) throws InterruptedException {
        if (manager == null) {
            throw new IllegalStateException("not open: " + name);
        }
        int clients = processes * threads;
        int each = (amount + clients - 1) / clients;
        long start = System.nanoTime();
        for (Pipe<Integer> pipe : pipes) {
            pipe.first().send(each);
        }
        for (Pipe<Integer> pipe : pipes) {
            ManagerWork.require(pipe.first().receive() == each);
        }
        return ManagerWork.perOperation(start, each * clients);
    }

    @Override
    public void close() throws InterruptedException {
        for (Pipe<Integer> pipe : pipes) {
            pipe.first().close();
        }
        for (ChildProcess<Void> child : children) {
            child.join();
            child.close();
        }
        for (Pipe<Integer> pipe : pipes) {
            pipe.close();
        }
        if (manager != null) {
            manager.close();
        }
    }
}
