package dev.procession.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.testing.Background;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OwnerLockTest {

    private final ByteBuffer memory = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());

    private OwnerLock lockOf(long member) {
        return new OwnerLock(memory, 0, member, other -> false);
    }

    @Test
    void shouldKeepTheLockOfAnotherOwnerWhenUnlockedByMistake() {
        OwnerLock owner = lockOf(7);
        assertThat(owner.lock(0)).isTrue();
        long word = memory.getLong(0);

        assertThatThrownBy(() -> lockOf(8).unlock())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("member=7");

        assertThat(memory.getLong(0)).isEqualTo(word);
        assertThat(lockOf(9).lock(0)).isFalse();
        owner.unlock();
        assertThat(memory.getLong(0)).isZero();
    }

    @Test
    void shouldKeepTheLockOfAnotherThreadOfTheSameProcess() throws Exception {
        OwnerLock lock = lockOf(7);
        assertThat(lock.lock(0)).isTrue();

        Background<Void> stranger =
                Background.start(
                        () -> {
                            assertThatThrownBy(lock::unlock)
                                    .isInstanceOf(IllegalStateException.class);
                            return null;
                        });
        stranger.get();

        assertThat(lockOf(8).lock(0)).isFalse();
        lock.unlock();
    }
}
