package dev.procession.program;

import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.pool.ProcessPoolExecutor;

/**
 * What a new user tries first, and checks it: a lambda, a record, a task that fails, a queue, and a
 * manager, all with workers that start as this program was started.
 */
public final class Everything {

    private Everything() {}

    /** Runs it, and says that it works. */
    public static void main(String[] args) throws Exception {
        run();
        System.out.println("everything works");
    }

    /**
     * Runs it.
     *
     * @throws Exception if anything is not as it should be
     */
    public static void run() throws Exception {
        try (ProcessPoolExecutor pool = new ProcessPoolExecutor(2)) {
            PoolAlone.use(pool);
            try (Manager manager = Manager.start()) {
                SharedDict<String, Integer> dict = manager.dict("figures");
                pool.submit(() -> dict.put("answer", 42)).get();
                PoolAlone.require(42, dict.get("answer"));
            }
        }
    }
}
