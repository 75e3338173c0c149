package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerBoundsTest {

    @Test
    void shouldLeaveSomeOfTheHeapHoweverLargeItIs() {
        for (long heap = 16 << 20; heap <= 64L << 30; heap *= 2) {
            ServerBounds bounds =
                    ServerBounds.of(
                            new ServerOptions(
                                    "m",
                                    new byte[0],
                                    false,
                                    1 << 30,
                                    1 << 20,
                                    0,
                                    null,
                                    false,
                                    true),
                            heap,
                            heap);
            assertThat(bounds.mostHeapBytes()).isBetween(heap / 2, heap / 100 * 94);
            assertThat(bounds.keptBytes()).isGreaterThan(bounds.maxFrameBytes());
        }
    }
}
