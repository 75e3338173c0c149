package dev.procession.bench;

import dev.procession.core.ChildProcess;
import java.lang.management.ManagementFactory;

/** The JVMs on the other side, ours and the peers' alike. */
final class Children {

    private Children() {}

    /**
     * A child with what {@code jvmargs} gives to this JVM: permissions that some peers need, and a
     * young generation that is soon used for the second time. Without the latter a round or two
     * would measure how the kernel hands out fresh pages.
     */
    static ChildProcess.Builder builder() {
        return ChildProcess.builder()
                .jvmArgs(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                                .filter(
                                        flag ->
                                                flag.startsWith("--add-opens")
                                                        || flag.startsWith("--add-exports")
                                                        || flag.startsWith("-Xmn"))
                                .toArray(String[]::new));
    }
}
