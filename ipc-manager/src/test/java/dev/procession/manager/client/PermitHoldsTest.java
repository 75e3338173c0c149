package dev.procession.manager.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.manager.client.PermitHolds.Release;
import dev.procession.manager.proto.Response;
import org.junit.jupiter.api.Test;

/** What a client remembers of its permits, from answers of two sessions. */
class PermitHoldsTest {

    private static final String NAME = "s";
    private static final long FIRST = 100;
    private static final long SECOND = 200;

    private final PermitHolds holds = new PermitHolds();
    private long version = 1000;

    private Answer answer(long session, long held) {
        return new Answer(
                Response.newBuilder().setVersion(++version).setHeld(held).build(),
                new ServerSession(1, session));
    }

    private void acquire(long session, long heldAfter) {
        holds.acquired(NAME, 1, answer(session, heldAfter));
    }

    @Test
    void shouldSayHowManyPermitsOfAReleaseAreHeld() {
        acquire(FIRST, 1);
        acquire(FIRST, 2);
        assertThat(holds.release(NAME, 3)).isEqualTo(new Release(3, 2, FIRST));
        assertThat(holds.release(NAME, 1)).isEqualTo(new Release(1, 0, FIRST));
    }

    @Test
    void shouldRememberNothingOfReleasedPermits() {
        acquire(FIRST, 1);
        Release release = holds.release(NAME, 1);
        assertThat(holds.size()).isEqualTo(1);
        holds.released(NAME, release, answer(FIRST, 0));
        assertThat(holds.size()).isZero();
        assertThat(holds.release(NAME, 1)).isEqualTo(new Release(1, 0, 0));
    }

    @Test
    void shouldReleaseNoPermitsOfAnEndedSession() {
        acquire(FIRST, 1);
        acquire(SECOND, 1);
        assertThat(holds.release(NAME, 1)).isEqualTo(new Release(0, 0, SECOND));
        assertThat(holds.release(NAME, 1)).isEqualTo(new Release(1, 1, SECOND));
    }

    @Test
    void shouldLearnFromAReleaseThatTheSessionHasEnded() {
        acquire(FIRST, 1);
        acquire(FIRST, 2);
        Release release = holds.release(NAME, 1);
        assertThat(release).isEqualTo(new Release(1, 1, FIRST));
        holds.released(NAME, release, answer(SECOND, 0));
        assertThat(holds.release(NAME, 2)).isEqualTo(new Release(1, 0, SECOND));
        assertThat(holds.size()).isZero();
    }

    @Test
    void shouldNotReleaseTwiceWhatTwoThreadsReleaseAtOnce() {
        acquire(FIRST, 1);
        acquire(FIRST, 2);
        Release one = holds.release(NAME, 1);
        Release two = holds.release(NAME, 1);
        assertThat(two).isEqualTo(new Release(1, 1, FIRST));
        holds.released(NAME, one, answer(SECOND, 0));
        holds.released(NAME, two, answer(SECOND, 0));
        assertThat(holds.size()).isZero();
    }

    @Test
    void shouldNotWithholdALaterReleaseAfterOneThatFailed() {
        acquire(FIRST, 1);
        assertThat(holds.release(NAME, 1).held()).isEqualTo(1); // and gets no answer
        acquire(SECOND, 1);
        assertThat(holds.release(NAME, 1)).isEqualTo(new Release(1, 1, SECOND));
    }

    @Test
    void shouldBelieveTheNewestAnswer() {
        Answer older = answer(FIRST, 1);
        Answer newer = answer(FIRST, 2);
        holds.acquired(NAME, 1, newer);
        holds.acquired(NAME, 1, older);
        assertThat(holds.release(NAME, 5).held()).isEqualTo(2);
    }

    @Test
    void shouldNotReleaseWhatAnEndedSessionGrantedAtLast() {
        Answer late = answer(FIRST, 1);
        acquire(SECOND, 1);
        holds.acquired(NAME, 1, late);
        assertThat(holds.release(NAME, 2)).isEqualTo(new Release(1, 1, SECOND));
    }

    @Test
    void shouldNotCountAGrantThatWasWithdrawn() {
        acquire(FIRST, 2); // the server counts another grant, whose caller gave up
        acquire(SECOND, 1);
        assertThat(holds.release(NAME, 2)).isEqualTo(new Release(1, 1, SECOND));
    }

    @Test
    void shouldNotCountAGrantThatWasWithdrawnAfterARelease() {
        acquire(FIRST, 2); // as above
        Release release = holds.release(NAME, 1);
        holds.released(NAME, release, answer(FIRST, 1));
        assertThat(holds.release(NAME, 1)).isEqualTo(new Release(1, 0, FIRST));
    }
}
