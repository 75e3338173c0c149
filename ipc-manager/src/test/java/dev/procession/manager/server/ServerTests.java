package dev.procession.manager.server;

import dev.procession.manager.stream.ServerOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What tests of a server's parts share; the server runs in the test's JVM. */
public final class ServerTests {

    private ServerTests() {}

    /** The options of a small server without a store, whose directory is made here. */
    public static ServerOptions options(Path directory) {
        return new ServerOptions(
                directory.resolve("m").toString(),
                new byte[] {1},
                false,
                1 << 20,
                10,
                0,
                null,
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
