package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procession.testing.Background;
import dev.procession.testing.BesideOthers;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the threads of a client do while the server reads nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullConnectionTest {

    private static final int CALLERS = 4;
    private static final int LARGE = 1 << 20;
    private static final long WATCHED_MILLIS = 1000;
    private static final long MOST_BUSY_MILLIS = 200;

    @RegisterExtension final StoppableServer server = new StoppableServer();

    private List<Background<byte[]>> putLargeValues(SharedDict<Integer, byte[]> dict) {
        List<Background<byte[]>> puts = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int key = i;
            puts.add(Background.start(() -> dict.put(key, new byte[LARGE])));
        }
        puts.forEach(put -> StoppableServer.awaitAsked(put.thread()));
        return puts;
    }

    /** How long all threads of this process had a processor. */
    private static long busyMillis() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (long id : threads.getAllThreadIds()) {
            nanos += Math.max(0, threads.getThreadCpuTime(id));
        }
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Test
    @BesideOthers
    void shouldSleepUntilTheServerReadsOn() throws Exception {
        SharedDict<Integer, byte[]> dict = server.manager().dict("d");
        dict.put(-1, new byte[1]);
        server.stop();
        List<Background<byte[]>> puts = putLargeValues(dict);

        long before = busyMillis();
        Thread.sleep(WATCHED_MILLIS);
        assertThat(busyMillis() - before).isLessThan(MOST_BUSY_MILLIS);

        server.goOn();
        for (Background<byte[]> put : puts) {
            assertThat(put.get(20, TimeUnit.SECONDS)).isNull();
        }
        assertThat(dict).hasSize(CALLERS + 1);
    }
}
