package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.wire.Unconfirmed;
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
            assertThat(count.isConfirmationDue(false)).isTrue();
            assertThat(count.confirmable()).isZero();
            count.confirmed();
        }
        count.add(10);
        assertThat(count.isConfirmationDue(false)).isFalse();

        count.ended(call);

        assertThat(count.isConfirmationDue(false)).isTrue();
        assertThat(count.confirmable()).isEqualTo(7);
        count.confirmed();
        assertThat(count.isConfirmationDue(false)).isFalse();
    }

    @Test
    void shouldNotConfirmEachSmallAnswer() {
        count.add(10);
        assertThat(count.isConfirmationDue(false)).isFalse();
        assertThat(count.confirmable()).isEqualTo(1);
    }

    @Test
    void shouldConfirmBeforeTheServerMayHaveNoRoomWhileACallWaits() {
        int answers = 0;
        while (!count.isConfirmationDue(true)) {
            count.add(10);
            answers++;
        }
        assertThat(answers * (Unconfirmed.ANSWER_BYTES + 10)).isLessThan(Unconfirmed.FREE_BYTES);
        assertThat(count.isConfirmationDue(false)).isFalse();
        count.confirmed();
        assertThat(count.isConfirmationDue(true)).isFalse();
    }

    @Test
    void shouldRepeatAConfirmationThatMayBeLostWithAConnection() {
        count.disconnected();
        assertThat(count.isConfirmationDue(false)).isFalse();
        count.add(10);
        count.confirmed();
        count.disconnected();
        assertThat(count.isConfirmationDue(false)).isTrue();
    }
}
