package dev.procession.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Virtual threads that wait at connections free their carriers. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadTest {

    /** Several times the number of carriers. */
    private static final int WAITING = 8 * Runtime.getRuntime().availableProcessors();

    private static final int TURNS = 100;

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @Test
    @Timeout(60)
    void shouldRunOthersWhileManyWait() throws Exception {
        List<Pipe<Object>> pipes = new ArrayList<>();
        List<Future<Object>> waiting = new ArrayList<>();
        ExecutorService threads = virtualThreads();
        try {
            CountDownLatch begun = new CountDownLatch(WAITING);
            for (int i = 0; i < WAITING; i++) {
                Pipe<Object> pipe = Pipe.open();
                pipes.add(pipe);
                waiting.add(
                        threads.submit(
                                () -> {
                                    begun.countDown();
                                    return pipe.second().receive();
                                }));
            }
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            Pipe<Object> busy = Pipe.open();
            pipes.add(busy);
            Future<?> echo =
                    threads.submit(
                            () -> {
                                for (int i = 0; i < TURNS; i++) {
                                    busy.second().send(busy.second().receive());
                                }
                                return null;
                            });
            Future<?> asking =
                    threads.submit(
                            () -> {
                                for (int i = 0; i < TURNS; i++) {
                                    busy.first().send(i);
                                    assertThat(busy.first().receive()).isEqualTo(i);
                                }
                                return null;
                            });
            asking.get(30, TimeUnit.SECONDS);
            echo.get(30, TimeUnit.SECONDS);
            for (int i = 0; i < WAITING; i++) {
                assertThat(waiting.get(i).isDone()).isFalse();
                pipes.get(i).first().send(i);
                assertThat(waiting.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
            }
        } finally {
            pipes.forEach(Pipe::close);
            threads.shutdownNow();
        }
    }
}
