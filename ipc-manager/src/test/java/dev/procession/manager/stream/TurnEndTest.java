package dev.procession.manager.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.store.Store;
import dev.procession.manager.store.StoreThread;
import dev.procession.manager.store.StoredDict;
import io.netty.channel.DefaultEventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors at the end of a turn, and between the server's thread and the store's. */
class TurnEndTest {

    @TempDir private Path directory;

    /** A loop whose tasks the test runs. */
    private static final class ManualLoop extends DefaultEventLoop {
        private final List<Runnable> tasks = new ArrayList<>();
        private boolean refusing;

        @Override
        public void execute(Runnable task) {
            if (refusing) {
                throw new RejectedExecutionException("for the test");
            }
            tasks.add(task);
        }
    }

    private Store store() throws IOException {
        return Store.open(directory.resolve("store"), false);
    }

    @Test
    void shouldFlushAgainAfterAFlushThatCouldNotBePlanned() throws Exception {
        try (Store store = store()) {
            ManualLoop loop = new ManualLoop();
            ServerFailure failure = new ServerFailure(null, store, () -> {});
            FrameWriter writer = new FrameWriter(loop, store, failure);
            LoopTasks turns = new LoopTasks(loop, writer, new ServerStats(), failure);
            new StoredDict(store.entries(Kind.DICT, "d")).put("k", ByteString.EMPTY);
            long before = Files.size(directory.resolve("store"));
            loop.refusing = true;
            assertThatThrownBy(() -> turns.runTurn(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class);
            loop.refusing = false;
            turns.runTurn(() -> {});
            assertThat(loop.tasks).hasSize(1);
            loop.tasks.get(0).run();
            assertThat(Files.size(directory.resolve("store"))).isGreaterThan(before);
        }
    }

    /** Netty's queue cannot grow at first; the store's thread needs to report that it is done. */
    @Test
    void shouldReportAJobOnceThereIsMemory() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        StoreThread thread =
                new StoreThread(
                        "test",
                        task -> {
                            tasks.add(task); // it may have been taken all the same
                            if (refused.incrementAndGet() < 3) {
                                throw new OutOfMemoryError("for the test");
                            }
                        });
        AtomicInteger reports = new AtomicInteger();
        thread.execute(() -> {}, thrown -> reports.incrementAndGet());
        for (int i = 0; i < 3; i++) {
            tasks.take().run();
        }
        assertThat(reports).hasValue(1);
        thread.close();
    }
}
