package dev.procession.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaneOwnerTest {

    private static final long MAX_EPOCH = (1L << 28) - 1;
    private static final long MAX_MEMBER = (1L << 32) - 1;

    @ParameterizedTest
    @EnumSource
    void shouldReadBackWhatItPacks(LaneOwner state) {
        for (long epoch : new long[] {0, 1, MAX_EPOCH}) {
            for (long member : new long[] {0, 1, MAX_MEMBER}) {
                long word = state.word(epoch, member);
                assertThat(LaneOwner.state(word)).isEqualTo(state);
                assertThat(LaneOwner.epoch(word)).isEqualTo(epoch);
                assertThat(LaneOwner.member(word)).isEqualTo(member);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepItsStateWhenTheEpochOverflows(LaneOwner state) {
        long word = state.word(MAX_EPOCH + 1, 7);
        assertThat(LaneOwner.state(word)).isEqualTo(state);
        assertThat(LaneOwner.epoch(word)).isZero();
        assertThat(LaneOwner.member(word)).isEqualTo(7);
    }

    @Test
    void shouldReadZeroedMemoryAsAnEndWithoutAHolder() {
        assertThat(LaneOwner.state(0)).isEqualTo(LaneOwner.NONE);
    }

    @Test
    void shouldRefuseAStateThatDoesNotExist() {
        for (long number = LaneOwner.values().length; number < 16; number++) {
            long word = number << 60;
            assertThatThrownBy(() -> LaneOwner.state(word))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("corrupt");
        }
    }
}
