package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerCountTest {

    private static final long LARGE = 1 << 20;

    private final AnswerCount count = new AnswerCount();

    @Test
    void shouldConfirmWhatAnIgnoredAnswerHeldBack() {
        PendingCall call = new SyncCall(new byte[0], true);
        count.ignoreNext(call);
        count.add(10);
        for (int i = 0; i < 5; i++) {
            count.add(LARGE);
            assertThat(count.isConfirmationDue()).isTrue();
            assertThat(count.confirmable()).isZero();
            count.confirmed();
        }
        count.add(10);
        assertThat(count.isConfirmationDue()).isFalse();

        count.ended(call);

        assertThat(count.isConfirmationDue()).isTrue();
        assertThat(count.confirmable()).isEqualTo(7);
        count.confirmed();
        assertThat(count.isConfirmationDue()).isFalse();
    }

    @Test
    void shouldNotConfirmEachSmallAnswer() {
        count.add(10);
        assertThat(count.isConfirmationDue()).isFalse();
        assertThat(count.confirmable()).isEqualTo(1);
    }
}
