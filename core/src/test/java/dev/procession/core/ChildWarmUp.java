package dev.procession.core;

import dev.procession.testing.WarmUp;

/** Opens the session and the socket that this JVM keeps for all its children. */
public final class ChildWarmUp implements WarmUp {

    /** Made by {@link java.util.ServiceLoader}. */
    public ChildWarmUp() {}

    @Override
    public void run() throws Exception {
        try (ChildProcess<Integer> child = ChildProcess.start(() -> 1)) {
            child.result();
        }
    }
}
