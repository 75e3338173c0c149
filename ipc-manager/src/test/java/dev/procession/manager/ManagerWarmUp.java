package dev.procession.manager;

import dev.procession.testing.WarmUp;

/** Opens the resources that this JVM keeps for all its children and managers. */
public final class ManagerWarmUp implements WarmUp {

    /** Used by the watcher. */
    public ManagerWarmUp() {}

    @Override
    public void run() {
        try (Manager manager = Manager.start()) {
            manager.dict("d").put("k", 1);
        }
        try (Manager manager = Manager.embedded()) {
            manager.dict("d").put("k", 1);
        }
    }
}
