package dev.procession.queue;

import dev.procession.core.ChildProcess;
import dev.procession.testing.WarmUp;

/** Opens the files and sockets that this JVM keeps for all its children and queues. */
public final class QueueWarmUp implements WarmUp {

    /** Called by the watcher. */
    public QueueWarmUp() {}

    @Override
    public void run() throws Exception {
        try (ProcessQueue<Integer> queue = ProcessQueue.create(1);
                ChildProcess<Void> child = ChildProcess.start(() -> queue.put(1))) {
            queue.take();
            child.join();
        }
    }
}
