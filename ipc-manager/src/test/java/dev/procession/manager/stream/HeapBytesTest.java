package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What arrays take where the heap has regions of a mebibyte, and where it has none. */
class HeapBytesTest {

    private static final long REGION = 1 << 20;

    @Test
    void shouldCountSmallArraysAsTheyAre() {
        assertThat(HeapBytes.of(0, REGION)).isZero();
        assertThat(HeapBytes.of(REGION / 2 - 17, REGION)).isEqualTo(REGION / 2 - 17);
        assertThat(HeapBytes.of(5 * REGION, 0)).isEqualTo(5 * REGION);
    }

    @Test
    void shouldCountLargeArraysInWholeRegions() {
        assertThat(HeapBytes.of(REGION / 2, REGION)).isEqualTo(REGION);
        assertThat(HeapBytes.of(REGION - 16, REGION)).isEqualTo(REGION);
        assertThat(HeapBytes.of(REGION, REGION)).isEqualTo(2 * REGION);
        assertThat(HeapBytes.of(5 * REGION, REGION)).isEqualTo(6 * REGION);
    }
}
