package dev.procession.bench;

import dev.procession.core.ChildProcess;
import java.lang.management.ManagementFactory;

/** JVMs for peers that use the JDK's internals, as {@code peers.jvmargs} permits. */
final class PeerFlags {

    private PeerFlags() {}

    /** A child with the same permissions as this JVM, which {@code ./bench} has given it. */
    static ChildProcess.Builder childBuilder() {
        return ChildProcess.builder()
                .jvmArgs(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                                .filter(
                                        flag ->
                                                flag.startsWith("--add-opens")
                                                        || flag.startsWith("--add-exports"))
                                .toArray(String[]::new));
    }
}
