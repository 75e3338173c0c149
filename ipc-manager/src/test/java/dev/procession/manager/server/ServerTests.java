package dev.procession.manager.server;

import dev.procession.manager.Manager;
import dev.procession.manager.stream.ServerOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What tests of a server's parts share; the server runs in the test's JVM. */
public final class ServerTests {

    private static final byte[] SECRET = {1};

    private ServerTests() {}

    /** Connects a client in this JVM. */
    public static Manager connect(ManagerServer server) {
        return Manager.connect(server.directory(), SECRET);
    }

    /** The options of a small server without a store, whose directory is made here. */
    public static ServerOptions options(Path directory) {
        return options(directory, 0, null);
    }

    /**
     * The same with a store.
     *
     * @param maxBytes how many bytes may be stored; 0 for the default
     * @param store the store's file; null for none
     */
    public static ServerOptions options(Path directory, long maxBytes, @Nullable Path store) {
        return new ServerOptions(
                directory.resolve("m").toString(),
                SECRET.clone(),
                false,
                1 << 20,
                10,
                maxBytes,
                store == null ? null : store.toString(),
                false,
                true);
    }

    /** Runs a part of a test on the server's thread; returns its result, or throws its failure. */
    public static <T> T call(ManagerServer server, Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        server.tasks()
                .execute(
                        () -> {
                            try {
                                result.complete(body.call());
                            } catch (Throwable e) { // for the test to throw
                                result.completeExceptionally(e);
                            }
                        });
        return result.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
