package dev.procession.manager.proxy;

import dev.procession.core.ProcessionException;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SnapshotClose;
import dev.procession.manager.proto.SnapshotOpen;
import dev.procession.manager.proto.SnapshotPage;
import java.lang.ref.Cleaner;
import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a snapshot in the server. An iteration that stops early leaves a snapshot there,
 * which is closed when the garbage collector finds the iterator, when this process ends, or after
 * five minutes.
 */
final class Pages {

    private static final int ENTRIES = 1000;

    private final Remote remote;
    private final boolean keysOnly;
    private final AtomicBoolean finished = new AtomicBoolean();
    private Cleaner.@Nullable Cleanable cleanable;

    /** Made at the first second page, as it has a thread. */
    private static final class Cleaning {
        private static final Cleaner CLEANER =
                Cleaner.create(
                        task -> {
                            Thread thread = new Thread(task, "procession-cleaner");
                            thread.setDaemon(true);
                            return thread;
                        });

        private Cleaning() {}
    }

    Pages(Remote remote) {
        this(remote, false);
    }

    /**
     * Prepares an iteration.
     *
     * @param keysOnly the pages of a dict have no values
     */
    Pages(Remote remote, boolean keysOnly) {
        this.remote = remote;
        this.keysOnly = keysOnly;
    }

    Response first() {
        Response page =
                remote.call(
                        remote.request()
                                .setCollection(
                                        CollectionRequest.newBuilder()
                                                .setSnapshotOpen(
                                                        SnapshotOpen.newBuilder()
                                                                .setPageEntries(ENTRIES)
                                                                .setKeysOnly(keysOnly))));
        if (page.getMore()) {
            cleanable =
                    Cleaning.CLEANER.register(this, closing(remote, page.getSnapshot(), finished));
        }
        return page;
    }

    /** Static, as a lambda of the iteration's object would keep that alive. */
    private static Runnable closing(Remote remote, long snapshot, AtomicBoolean finished) {
        return () -> {
            if (finished.get()) {
                return;
            }
            try {
                Response unused =
                        remote.call(
                                remote.request()
                                        .setCollection(
                                                CollectionRequest.newBuilder()
                                                        .setSnapshotClose(
                                                                SnapshotClose.newBuilder()
                                                                        .setSnapshot(snapshot))));
            } catch (ProcessionException | IllegalStateException e) {
                // The server has ended, or the manager is closed here, and the snapshot with it.
            }
        };
    }

    Response next(Response before) {
        Response page;
        try {
            page =
                    remote.call(
                            remote.request()
                                    .setCollection(
                                            CollectionRequest.newBuilder()
                                                    .setSnapshotPage(
                                                            SnapshotPage.newBuilder()
                                                                    .setSnapshot(
                                                                            before.getSnapshot())
                                                                    .setPageEntries(ENTRIES))));
        } catch (IllegalArgumentException e) {
            ConcurrentModificationException gone =
                    new ConcurrentModificationException(e.getMessage());
            gone.initCause(e);
            throw gone;
        }
        if (!page.getMore() && cleanable != null) {
            finished.set(true); // the server has closed the snapshot
            cleanable.clean();
            cleanable = null;
        }
        return page;
    }
}
