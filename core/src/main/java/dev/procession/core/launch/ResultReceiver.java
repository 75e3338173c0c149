package dev.procession.core.launch;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.procession.core.lane.LaneSpills;
import dev.procession.core.life.Session;
import dev.procession.core.link.Frame;
import dev.procession.core.link.FrameLink;
import dev.procession.core.link.ProtocolException;
import dev.procession.core.log.Log;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Receives the result of one child on the link server's thread. A result in a spill file may have
 * any size, so a thread of this child reads that.
 */
final class ResultReceiver implements FrameLink.Listener {

    private static final Log LOG = Log.of(ResultReceiver.class);

    private final Session session;
    private final String name;
    private final ResultListener listener;

    /**
     * Reads a spill file; null until the child has named one. Written by the link server's thread,
     * read by it and by the thread that awaits the child's end.
     */
    private volatile @Nullable FutureTask<@Nullable Void> reading;

    ResultReceiver(Session session, String name, ResultListener listener) {
        this.session = session;
        this.name = name;
        this.listener = listener;
    }

    @Override
    public void received(Frame frame) throws IOException {
        switch (frame.type()) {
            case RESULT -> listener.received(frame.payload());
            case RESULT_SPILLED -> {
                if (reading != null) {
                    throw new ProtocolException("a child sent two results: name=" + name);
                }
                FutureTask<@Nullable Void> task =
                        new FutureTask<>(() -> readSpill(frame.payload()), null);
                reading = task;
                try {
                    ChildThread.start(name + "-result", task);
                } catch (OutOfMemoryError e) {
                    LOG.report(
                            Level.WARNING,
                            "no thread for the result of a child, which is read when it has ended:"
                                    + " name="
                                    + name,
                            e);
                }
            }
            default -> throw new ProtocolException("unexpected from a child: " + frame.type());
        }
    }

    /**
     * Blocks until the spill file is read, if the child has named one. To be called after the link
     * server has read all frames of the child.
     */
    void awaitSpill() {
        FutureTask<@Nullable Void> spill = reading;
        if (spill != null) {
            spill.run(); // does nothing, unless no thread could be created for it
            try {
                Uninterruptibles.getUninterruptibly(spill);
            } catch (ExecutionException e) {
                LOG.log(Level.WARNING, "the listener to a result threw", e.getCause());
            }
        }
    }

    private void readSpill(byte[] spill) {
        byte[] result;
        try {
            result = LaneSpills.read(session, spill);
        } catch (Throwable e) { // it may be larger than the heap, or have been removed
            listener.failed(e);
            return;
        } finally {
            discard(spill);
        }
        listener.received(result);
    }

    private void discard(byte[] spill) {
        try {
            LaneSpills.discard(session, spill);
        } catch (Throwable e) { // a later sweep removes it
            LOG.report(Level.WARNING, "the spill file of a result is left: name=" + name, e);
        }
    }
}
