package dev.procession.bench.rival;

import dev.procession.core.ChildProcess;
import java.lang.management.ManagementFactory;
import java.util.List;

/** The JVMs on the other side, ours and the peers' alike. */
public final class Children {

    /** How the flags begin that a child has in common with this JVM. */
    private static final List<String> SHARED_FLAGS =
            List.of("--add-modules", "--add-exports", "--add-opens", "-Xmn", "-Dhazelcast.");

    private Children() {}

    /**
     * A child with what {@code jvmargs} gives to this JVM: permissions that some peers need, no
     * logging, and a young generation that is soon used for the second time. Without the latter a
     * round or two would measure how the kernel hands out fresh pages.
     */
    public static ChildProcess.Builder builder() {
        return ChildProcess.builder()
                .jvmArgs(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                                .filter(flag -> SHARED_FLAGS.stream().anyMatch(flag::startsWith))
                                .toArray(String[]::new));
    }
}
