package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Two contenders find the same owner dead at the same time. */
class OwnerLockTakeoverTest {

    private static final long DEAD = 7;
    private static final long TIME_NANOS = 50_000_000;

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());

    @Test
    void shouldNotTakeALockOverThatAnotherTookOverWhileTheProbeRan() {
        OwnerLock dead = new OwnerLock(memory, 0, DEAD, member -> false);
        assertThat(dead.lock(Long.MAX_VALUE)).isTrue();
        OwnerLock quick = new OwnerLock(memory, 0, 1, member -> member == DEAD);
        OwnerLock slow =
                new OwnerLock(memory, 0, 2, member -> member == DEAD && quick.lock(Long.MAX_VALUE));

        assertThat(slow.lock(TIME_NANOS)).as("there is a second holder").isFalse();
        assertThatCode(quick::unlock).doesNotThrowAnyException();
        assertThat(slow.lock(TIME_NANOS)).isTrue();
        slow.unlock();
    }
}
