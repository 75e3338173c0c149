package dev.procession.bench;

import dev.procession.manager.Manager;
import org.jspecify.annotations.Nullable;

/** A manager whose server is a JVM of its own, used by this one. */
final class ManagerRival implements Rival {

    private final String name;
    private final Work work;
    private @Nullable Manager manager;

    /** What is done with the manager. */
    interface Work {
        Figure measure(Manager manager, int amount) throws Exception;
    }

    ManagerRival(String name, Work work) {
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
