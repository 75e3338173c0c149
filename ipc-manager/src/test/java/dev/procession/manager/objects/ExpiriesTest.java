package dev.procession.manager.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.procession.manager.stream.ObjectFixture;
import org.junit.jupiter.api.Test;

class ExpiriesTest {

    private static final long FAR_MILLIS = 1_000_000_000;

    private final ObjectFixture fixture = new ObjectFixture();
    private final Expiries expiries = new Expiries(fixture.tasks(), fixture.stats(), entry -> {});

    private static Entry entry(long made) {
        return new Entry(new byte[] {1}, 1, ByteString.EMPTY, made);
    }

    /** A timer keeps its dict in memory, although that may be forgotten long before. */
    @Test
    void shouldHaveNoTimerWithoutEntries() {
        long end = System.currentTimeMillis() + FAR_MILLIS;
        Entry first = entry(1);
        Entry second = entry(2);
        expiries.set(first, end);
        expiries.set(second, end + 1);
        expiries.remove(first);
        assertThat(expiries.hasTimer()).isTrue();
        expiries.set(second, 0);
        assertThat(expiries.hasTimer()).isFalse();
        expiries.set(second, end);
        assertThat(expiries.hasTimer()).isTrue();
        assertThat(expiries.size()).isEqualTo(1);
    }
}
