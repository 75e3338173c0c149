package dev.procession.queue.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.memory.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The last element of a queue is leased while another process checks whether the queue is over. */
@Timeout(60)
class QueueEndTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private TwoLockRing ring;
    private TwoLockRing other;
    private int lease = -1;

    @BeforeEach
    void putOne() throws IOException {
        QueueShape shape = QueueShape.of(4, 4096);
        Segment segment = Segment.inMemory(Path.of("q1-1"), shape.segmentBytes(), shape.toWords());
        ring = new TwoLockRing(segment, 1, member -> false);
        other = new TwoLockRing(segment, 2, member -> false);
        ring.writer().lock(SECOND);
        ring.writer().append(QueueLayout.INLINE, new byte[1], 1);
        ring.writer().unlock();
    }

    /** Leases the last element, as a consumer of another process does. */
    private void leaseTheLast() {
        if (lease >= 0) {
            return;
        }
        other.reader().lock(SECOND);
        try {
            assertThat(other.reader().next()).isTrue();
            lease = other.leases().prepare(new QueueSpillName(1, 2, 1));
            other.reader().consume();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            other.reader().unlock();
        }
    }

    private void close() {
        ring.writer().lock(SECOND);
        ring.writer().close();
        ring.writer().unlock();
    }

    @Test
    void shouldNotBeOverWhenTheLastElementIsLeasedBetweenTheReads() {
        close();
        assertThat(ring.seemsOver(this::leaseTheLast)).isTrue(); // so isOver checks again
        other.leases().giveBack(lease);
        assertThat(other.leases().take(lease)).isTrue();
        assertThat(ring.isOver(SECOND)).isTrue();
    }

    @Test
    void shouldGiveTheElementBackWhenItSeemedOver() {
        close();

        assertThat(ring.isOver(SECOND, this::leaseTheLast)).isFalse();

        other.leases().giveBack(lease);
        assertThat(ring.size()).isEqualTo(1);
        assertThat(ring.isOver(SECOND)).isFalse();
    }

    @Test
    void shouldNotBeIdleWhileTheLastElementIsLeased() {
        assertThat(ring.seemsIdle(this::leaseTheLast)).isTrue(); // so isIdle checks again
        assertThat(ring.isIdle(SECOND)).isFalse();
        assertThat(other.leases().acknowledge(lease)).isTrue();
        assertThat(ring.isIdle(SECOND)).isTrue();
    }
}
