package dev.procession.core.memory;

import java.io.IOException;

/** Asks the kernel whether a member is dead. */
@FunctionalInterface
public interface DeathProbe {

    /** True if the member is dead; takes some microseconds and does not block. */
    boolean isDead(long member) throws IOException;
}
