package dev.procession.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.procession.core.UnserializableException;
import dev.procession.pool.ProcessPoolExecutor;
import dev.procession.pool.TaskFuture;
import dev.procession.testing.SystemTest;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks, results and exceptions that cannot be serialised, or cannot be read. */
@SystemTest
@Timeout(60)
class TravelFailureTest {

    private ProcessPoolExecutor pool;

    @BeforeEach
    void open() {
        pool = new ProcessPoolExecutor(1);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private void assertServesInTheSameWorker(long pid) throws Exception {
        assertThat(pool.submit(() -> ProcessHandle.current().pid()).get()).isEqualTo(pid);
    }

    private long workerPid() throws Exception {
        return pool.submit(() -> ProcessHandle.current().pid()).get();
    }

    private ExecutionException failureOf(TaskFuture<?> future) {
        return catchThrowableOfType(ExecutionException.class, future::get);
    }

    @Test
    void shouldFailInTheCallersThreadWhenACapturedObjectCannotBeSerialised() throws Exception {
        long pid = workerPid();
        Job job = new Job();
        assertThatThrownBy(() -> pool.submit(() -> job.name))
                .isInstanceOf(UnserializableException.class)
                .hasMessageContaining("Job.connection")
                .hasMessageContaining("java.lang.Thread");
        assertServesInTheSameWorker(pid);
    }

    @Test
    void shouldFailItsOwnFutureOnlyWhenAResultCannotBeSerialised() throws Exception {
        long pid = workerPid();
        TaskFuture<Object> bad = pool.submit(() -> new Job());
        TaskFuture<Integer> good = pool.submit(() -> 1);
        assertThat(failureOf(bad).getCause())
                .isInstanceOf(UnserializableException.class)
                .hasMessageContaining("connection")
                .hasMessageContaining("java.lang.Thread");
        assertThat(good.get()).isEqualTo(1);
        assertServesInTheSameWorker(pid);
    }

    @Test
    void shouldFailItsOwnFutureOnlyWhenAnExceptionCannotBeSerialised() throws Exception {
        long pid = workerPid();
        TaskFuture<Object> bad = pool.submit(TravelFailureTest::throwBroken);
        TaskFuture<Integer> good = pool.submit(() -> 1);
        assertDescribesBroken(failureOf(bad).getCause());
        assertThat(good.get()).isEqualTo(1);
        assertServesInTheSameWorker(pid);
    }

    private static Object throwBroken() {
        throw new BrokenException("out of order", new IOException("the disk"));
    }

    private static void assertDescribesBroken(Throwable cause) {
        assertThat(cause)
                .hasMessageContaining(BrokenException.class.getName())
                .hasMessageContaining("out of order");
        assertThat(List.of(cause.getStackTrace()))
                .anyMatch(frame -> frame.getMethodName().equals("throwBroken"));
        assertThat(cause.getCause()).hasMessageContaining("the disk");
        assertThat(List.of(cause.getSuppressed()))
                .anyMatch(
                        reason ->
                                reason instanceof UnserializableException
                                        && reason.getMessage().contains("BrokenException.lock"));
    }

    @Test
    void shouldFailItsOwnFutureOnlyWhenAResultCannotBeRead() throws Exception {
        long pid = workerPid();
        TaskFuture<Object> bad = pool.submit(() -> new Unreadable());
        TaskFuture<Integer> good = pool.submit(() -> 1);
        assertThat(failureOf(bad)).hasStackTraceContaining("cannot be read");
        assertThat(good.get()).isEqualTo(1);
        assertServesInTheSameWorker(pid);
    }

    @Test
    void shouldFailItsOwnFutureOnlyWhenATaskCannotBeReadByTheWorker() throws Exception {
        long pid = workerPid();
        Unreadable unreadable = new Unreadable();
        TaskFuture<Integer> bad = pool.submit(() -> unreadable.hashCode());
        TaskFuture<Integer> good = pool.submit(() -> 1);
        assertThat(failureOf(bad)).hasStackTraceContaining("cannot be read");
        assertThat(good.get()).isEqualTo(1);
        assertServesInTheSameWorker(pid);
    }

    @Test
    void shouldFailItsOwnFutureOnlyWhenATaskThrowsAnError() throws Exception {
        long pid = workerPid();
        TaskFuture<Object> bad =
                pool.submit(
                        () -> {
                            throw new StackOverflowError("too deep");
                        });
        assertThat(failureOf(bad).getCause())
                .isInstanceOf(StackOverflowError.class)
                .hasMessage("too deep");
        assertServesInTheSameWorker(pid);
    }

    private static final class Job implements Serializable {
        private static final long serialVersionUID = 1L;
        final String name = "job";

        @SuppressWarnings({"serial", "unused"}) // the reason for this class
        final Thread connection = new Thread("never started");
    }

    private static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings({"serial", "unused"}) // the reason for this class
        private final Object lock = new Object();

        BrokenException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("cannot be read");
        }
    }
}
