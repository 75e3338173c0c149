package dev.procession.core.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameLink;
import dev.procession.core.link.FrameType;
import dev.procession.core.link.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StackRequestsTest {

    private final StackRequests requests = new StackRequests();

    private final FrameLink link =
            new FrameLink(
                    new FrameLink.Listener() {
                        @Override
                        public void received(Frame frame) throws IOException {
                            requests.answered(frame.payload());
                        }

                        @Override
                        public void ended() {
                            requests.linkEnded();
                        }
                    });

    private static byte[] answer(long number, int... content) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + content.length).putLong(number);
        for (int each : content) {
            bytes.put((byte) each);
        }
        return bytes.array();
    }

    @Test
    void shouldShareTheRequestThatIsUnderWay() throws Exception {
        CompletableFuture<byte[]> first = requests.ask(link);
        assertThat(requests.ask(link)).isSameAs(first);

        requests.answered(answer(1, 7));

        assertThat(first.get()).containsExactly(7);
        CompletableFuture<byte[]> second = requests.ask(link);
        assertThat(second).isNotSameAs(first).isNotDone();
        requests.answered(answer(2, 8));
        assertThat(second.get()).containsExactly(8);
    }

    @Test
    void shouldRefuseWhatWasNotAskedFor() {
        assertThatThrownBy(() -> requests.answered(answer(0, 7)))
                .isInstanceOf(ProtocolException.class);
        CompletableFuture<byte[]> asked = requests.ask(link);
        for (byte[] wrong : new byte[][] {answer(2, 7), answer(1), new byte[0], new byte[7]}) {
            assertThatThrownBy(() -> requests.answered(wrong))
                    .isInstanceOf(ProtocolException.class);
        }
        assertThat(asked).isNotDone();
    }

    @Test
    void shouldFailWhenTheLinkEnds() {
        CompletableFuture<byte[]> before = requests.ask(link);
        link.close();
        assertThat(before)
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("has ended");
        CompletableFuture<byte[]> after = requests.ask(link);
        assertThat(after).isCompletedExceptionally();
        assertThat(link.send(new Frame(FrameType.STACK_WANTED, new byte[8]))).isFalse();
    }
}
