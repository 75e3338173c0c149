package dev.procession.bench.rival.manager;

import dev.procession.bench.machine.Machine;
import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Rival;
import dev.procession.manager.Manager;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A manager whose server runs in another JVM, used by this one. */
public final class ManagerRival implements Rival {

    private final String name;
    private final Work work;
    private @Nullable Manager manager;
    private Set<Long> servers = Set.of();

    /** The work with the manager. */
    public interface Work {
        Figure measure(Manager manager, int amount) throws Exception;
    }

    public ManagerRival(String name, Work work) {
        this.name = name;
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
        manager = Manager.start();
        servers = Set.of(manager.stats().pid());
    }

    @Override
    public Set<Long> servers() {
        return servers;
    }

    @Override
    public Figure measure(int amount) throws Exception {
        if (manager == null) {
            throw new IllegalStateException("not open: " + name);
        }
        return work.measure(manager, amount);
    }

    @Override
    public void close() {
        if (manager != null) {
            manager.close();
        }
    }
}
