package dev.procession.queue.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.core.life.DeathSweeps;
import dev.procession.core.memory.Segment;
import dev.procession.core.memory.SegmentKind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QueueSweepTest {

    private static final long DEAD = 5;
    private static final long ALIVE = 7;

    @TempDir Path directory;

    private void sweep() {
        new QueueSweep().afterDeathOf(directory, DEAD, 1, member -> member == DEAD);
    }

    @Test
    void shouldKeepAQueueThatCannotBeRead() throws Exception {
        // A directory cannot be read as a file, even by root.
        Path queue = Files.createDirectory(directory.resolve("q" + DEAD + "-1"));
        Path element = Files.createFile(directory.resolve("q" + DEAD + "-1.e" + ALIVE + "-1"));

        sweep();

        assertThat(queue).exists();
        assertThat(element).exists();
    }

    @Test
    void shouldSweepTheOthersWhenOneQueueIsDamaged() throws Exception {
        Path damaged = Files.write(directory.resolve("q" + DEAD + "-1"), new byte[100]);
        QueueShape shape = QueueShape.of(4, 4096);
        Path sound = directory.resolve("q" + DEAD + "-2");
        Segment.create(sound, SegmentKind.QUEUE, shape.segmentBytes(), shape.toWords());
        Path last = Files.write(directory.resolve("q" + DEAD + "-3"), new byte[100]);

        sweep();

        assertThat(sound).doesNotExist();
        assertThat(damaged).exists();
        assertThat(last).exists();
    }

    @Test
    void shouldBeAmongTheSweepsOfAProgramWithQueues() throws Exception {
        Path bell = Files.createFile(directory.resolve("q" + ALIVE + "-1.b" + DEAD));

        DeathSweeps.run(directory, DEAD, 1, member -> member == DEAD);

        assertThat(bell).doesNotExist();
    }
}
