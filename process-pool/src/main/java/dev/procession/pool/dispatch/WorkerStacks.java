package dev.procession.pool.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.launch.ChildJvm;
import dev.procession.core.launch.ThreadStack;
import dev.procession.pool.protocol.TaskWord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Shows where the workers of a pool are, to any thread. */
public final class WorkerStacks {

    private static final long SECONDS = 1;

    private final PoolState state;

    WorkerStacks(PoolState state) {
        this.state = state;
    }

    /**
     * Returns what the main thread of a worker does now, as text; waits a second for it at most.
     *
     * @throws IllegalArgumentException if there is no worker with this index
     */
    public String of(int worker) {
        WorkerRun run;
        ChildJvm child;
        boolean ready;
        state.lock.lock();
        try {
            run = find(worker);
            child = run.child();
            ready = run.wasReady();
        } finally {
            state.lock.unlock();
        }
        if (child == null) {
            return "worker " + worker + " has no process yet, or none any more";
        }
        String name = "worker " + worker + " (pid " + child.pid() + ")";
        TaskStack answer = ask(child);
        ThreadStack stack = answer.stack();
        if (stack == null) {
            return "the stack of " + name + " is not known: " + answer.reason();
        }
        if (stack.work() != 0) {
            return description(run, stack.work()) + " in " + name + ":\n" + stack.text();
        }
        return ready
                ? "no task runs in " + name
                : name + " starts and runs no task yet:\n" + stack.text();
    }

    @GuardedBy("state.lock")
    private WorkerRun find(int worker) {
        List<Integer> known = new ArrayList<>();
        for (WorkerRun run : state.scheduler().runs()) {
            if (run.index() == worker) {
                return run;
            }
            known.add(run.index());
        }
        throw new IllegalArgumentException(
                "there is no worker with this index: worker=" + worker + ", workers=" + known);
    }

    private static TaskStack ask(ChildJvm child) {
        CompletableFuture<byte[]> answer = child.requestStack();
        try {
            byte[] unused = answer.get(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new TaskStack(null, "the thread that asked was interrupted");
        } catch (TimeoutException e) {
            return TaskStack.late(SECONDS + " s");
        } catch (ExecutionException e) {
            // The future says so below.
        }
        return TaskStack.of(answer);
    }

    private static String description(WorkerRun run, long messageId) {
        Task task = run.find(messageId);
        return task == null ? "task " + TaskWord.task(messageId) : task.description();
    }
}
