package dev.procession.system.program;

import dev.procession.testing.ThreadShortage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What a storm does to its surroundings, for a while each time. Its threads exist beforehand. */
final class StormWeather implements AutoCloseable {

    private static final Path FILLER = Path.of("/dev/shm/filler");
    private static final int LONGEST_MILLIS = 300;
    private static final int THREADS = 2;

    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(THREADS);
    private final AtomicInteger raging = new AtomicInteger();

    StormWeather() {
        int unused = clock.prestartAllCoreThreads();
    }

    /** A clock for what the owners of futures do after a while. */
    ScheduledExecutorService clock() {
        return clock;
    }

    /** Fills the file system of shared memory, which must be this program's own. */
    void fillMemory(Random random) throws IOException {
        if (!raging.compareAndSet(0, 1)) {
            return;
        }
        byte[] zeros = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(FILLER)) {
            for (int size = zeros.length; size > 0; ) {
                try {
                    out.write(zeros, 0, size);
                } catch (IOException e) {
                    size /= 2; // no room for so much
                }
            }
        }
        endLater(
                random,
                () -> {
                    try {
                        Files.delete(FILLER);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** Takes all threads that this user may still have. */
    void takeThreads(Random random) {
        if (!raging.compareAndSet(0, 1)) {
            return;
        }
        CountDownLatch over = new CountDownLatch(1);
        List<Thread> unused = ThreadShortage.take(over);
        endLater(random, over::countDown);
    }

    private void endLater(Random random, Runnable end) {
        var unused =
                clock.schedule(
                        () -> {
                            end.run();
                            raging.set(0);
                        },
                        1 + random.nextInt(LONGEST_MILLIS),
                        TimeUnit.MILLISECONDS);
    }

    boolean isCalm() {
        return raging.get() == 0;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
