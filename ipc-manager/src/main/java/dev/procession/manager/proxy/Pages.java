package dev.procession.manager.proxy;

import dev.procession.core.ProcessionException;
import dev.procession.manager.proto.Operation;
import dev.procession.manager.proto.Response;
import java.lang.ref.Cleaner;
import java.util.ConcurrentModificationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a snapshot in the server. Whoever stops in the middle leaves a snapshot there, which
 * goes when the garbage collector finds its iterator, or with this process.
 */
final class Pages {

    private static final int ENTRIES = 1000;

    private final Remote remote;
    private final AtomicBoolean finished = new AtomicBoolean();
    private Cleaner.@Nullable Cleanable cleanable;

    /** Made when a snapshot has a second page, for it brings a thread. */
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
        this.remote = remote;
    }

    Response first() {
        Response page = remote.call(remote.request(Operation.SNAPSHOT).setNumber(ENTRIES));
        if (page.getFlag()) {
            cleanable =
                    Cleaning.CLEANER.register(this, closing(remote, page.getVersion(), finished));
        }
        return page;
    }

    /** Not a lambda of this object, which it would keep alive. */
    private static Runnable closing(Remote remote, long snapshot, AtomicBoolean finished) {
        return () -> {
            if (finished.get()) {
                return;
            }
            try {
                Response unused =
                        remote.call(remote.request(Operation.CLOSE_SNAPSHOT).setVersion(snapshot));
            } catch (ProcessionException | IllegalStateException e) {
                // The server is gone, or this process's part in it: so is the snapshot.
            }
        };
    }

    Response next(Response before) {
        Response page;
        try {
            page =
                    remote.call(
                            remote.request(Operation.PAGE)
                                    .setVersion(before.getVersion())
                                    .setNumber(ENTRIES));
        } catch (IllegalArgumentException e) {
            ConcurrentModificationException gone =
                    new ConcurrentModificationException(
                            "the server was started again during this iteration");
            gone.initCause(e);
            throw gone;
        }
        if (!page.getFlag() && cleanable != null) {
            finished.set(true); // the server has closed it
            cleanable.clean();
            cleanable = null;
        }
        return page;
    }
}
