package dev.procession.pipe;

import dev.procession.core.ChildProcess;
import dev.procession.testing.WarmUp;

/** Opens the files and sockets that this JVM keeps for all its children and connections. */
public final class PipeWarmUp implements WarmUp {

    /** Called by the watcher. */
    public PipeWarmUp() {}

    @Override
    public void run() throws Exception {
        try (Pipe<Integer> pipe = Pipe.open()) {
            Connection<Integer> second = pipe.second();
            try (ChildProcess<Void> child = ChildProcess.start(() -> second.send(1))) {
                pipe.first().receive();
                child.join();
            }
        }
    }
}
