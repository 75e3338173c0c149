package dev.procession.core.child;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.procession.core.ChildProcess;
import dev.procession.core.Codec;
import dev.procession.core.launch.EntryPoint;
import dev.procession.core.launch.ExitCode;
import dev.procession.core.launch.OpenTelemetryVariables;
import dev.procession.core.launch.ParentConnection;
import dev.procession.core.transfer.TaskOutcome;
import dev.procession.core.transfer.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The child's side of {@link ChildProcess}: runs the body and sends its value or exception. */
public final class ChildBody implements EntryPoint {

    /** Bounds the wait, as a parent that cannot decode the result never attaches to its ends. */
    private static final long ARRIVAL_NANOS = 10_000_000_000L;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable Thread running;

    @Override
    @SuppressWarnings("try") // the body is within the trace
    public void run(ParentConnection parent, byte[] payload) throws Exception {
        Codec codec = Codec.standard();
        synchronized (lock) {
            running = Thread.currentThread();
        }
        parent.listen();
        TaskOutcome outcome;
        Transfers.Ends ends = Transfers.Ends.NONE;
        try (OpenTelemetryVariables.@Nullable Joined trace = OpenTelemetryVariables.join()) {
            Object value = call(codec.decode(ByteBuffer.wrap(payload)));
            Transfers.Shipment shipment = Transfers.pack(codec, value);
            ends = shipment.ends();
            outcome = new TaskOutcome(true, shipment.bytes());
        } catch (Throwable e) { // the parent gets whatever the body throws
            outcome = TaskOutcome.failure(e, codec);
        } finally {
            synchronized (lock) {
                running = null;
            }
        }
        Thread.interrupted(); // too late for the body; it must not disturb the sending
        parent.sendResult(outcome.toBytes());
        awaitArrival(ends);
        if (!outcome.isSuccess()) {
            System.exit(ExitCode.BODY_FAILED.code());
        }
    }

    /**
     * Waits until the parent has attached to the ends in the result: they die with this process.
     */
    private static void awaitArrival(Transfers.Ends ends) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (ends.areUnderWay() && System.nanoTime() - start < ARRIVAL_NANOS) {
            Thread.sleep(1);
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

    @Override
    public void interrupt(long id) {
        synchronized (lock) {
            if (running != null) {
                running.interrupt();
            }
        }
    }
}
