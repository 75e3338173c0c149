package dev.procession.bench.rival;

import dev.procession.core.ChildProcess;
import java.lang.management.ManagementFactory;
import java.util.List;

/** The JVMs on the other side, for Procession and for its rivals alike. */
public final class Children {

    /** The prefixes of the flags that a child shares with this JVM. */
    private static final List<String> SHARED_FLAGS =
            List.of("--add-modules", "--add-exports", "--add-opens", "-Xmn", "-Dhazelcast.");

    private Children() {}

    /**
     * A child with the flags that {@code jvmargs} gives to this JVM: permissions that some rivals
     * need, no logging, and a young generation that is soon used for the second time. Without the
     * latter, a round or two would measure how the kernel allocates new pages.
     */
    public static ChildProcess.Builder builder() {
        return ChildProcess.builder()
                .jvmArgs(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                                .filter(flag -> SHARED_FLAGS.stream().anyMatch(flag::startsWith))
                                .toArray(String[]::new));
    }
}
