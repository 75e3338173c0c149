package dev.procession.system.program;

import dev.procession.manager.Manager;
import dev.procession.manager.SharedDict;
import dev.procession.manager.SharedList;
import dev.procession.manager.SharedLock;
import java.io.Serializable;
import java.util.Objects;

/**
 * Two entries that a lock keeps equal, the token of the present holder, and the last fencing token.
 * A holder that finds them wrong, and whose lock was not abandoned, records a violation.
 */
public record GuardedCounter(
        SharedLock lock, SharedDict<String, Long> state, SharedList<String> violations)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    public static GuardedCounter of(Manager manager) {
        SharedDict<String, Long> state = manager.dict("guarded");
        state.put("first", 0L);
        state.put("second", 0L);
        state.put("token", 0L);
        return new GuardedCounter(manager.rlock("guard"), state, manager.list("violations"));
    }

    /** Counts once; the caller has the lock. */
    public void count() {
        long token = lock.fencingToken();
        boolean abandoned = lock.wasAbandoned();
        Long holder = state.putIfAbsent("holder", token);
        if (holder != null) {
            if (!abandoned) {
                violations.add("two holders: " + holder + ", " + token);
            }
            state.put("holder", token);
        }
        long last = value("token");
        if (last >= token) {
            violations.add("tokens do not grow: " + last + ", " + token);
        }
        state.put("token", token);
        long first = value("first");
        if (first != value("second") && !abandoned) {
            violations.add("an incomplete change without a death: " + state);
        }
        state.put("first", first + 1);
        state.put("second", first + 1);
        if (!state.remove("holder", token)) {
            violations.add("another holder came in: " + token);
        }
    }

    private long value(String key) {
        return Objects.requireNonNull(state.get(key));
    }

    /** Takes the lock, counts and unlocks, in an endless loop. */
    public void countForEver() {
        while (true) {
            lock.lock();
            try {
                count();
            } finally {
                lock.unlock();
            }
        }
    }
}
