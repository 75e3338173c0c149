package dev.procession.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.failure.Outcome;
import dev.procession.core.launch.EntryPoint;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.ParentConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The child's side of {@link ChildProcess}: runs the body and sends what it gave. */
final class ChildBody implements EntryPoint {

    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable Thread running;

    @Override
    public void run(ParentConnection parent, byte[] payload) throws Exception {
        Codec codec = Codec.standard();
        synchronized (lock) {
            running = Thread.currentThread();
        }
        parent.listen(id -> interrupt());
        Outcome outcome;
        try {
            outcome = Outcome.success(call(codec.decode(ByteBuffer.wrap(payload))), codec);
        } catch (Throwable e) { // whatever the body throws is for the parent to hear
            outcome = Outcome.failure(e, codec);
        } finally {
            synchronized (lock) {
                running = null;
            }
        }
        Thread.interrupted(); // too late for the body; it must not spoil the sending
        parent.sendResult(outcome.toBytes());
        if (!outcome.isSuccess()) {
            System.exit(ExitCode.BODY_FAILED.code());
        }
    }

    private static @Nullable Object call(@Nullable Object body) throws Exception {
        if (body instanceof ChildProcess.Body runnable) {
            runnable.run();
            return null;
        }
        if (body instanceof Callable<?> callable) {
            return callable.call();
        }
        throw new IllegalArgumentException("not a body of a child process: " + body);
    }

    private void interrupt() {
        synchronized (lock) {
            if (running != null) {
                running.interrupt();
            }
        }
    }
}
