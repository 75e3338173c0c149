package dev.procession.manager;

import dev.procession.manager.server.ManagerServer;
import dev.procession.manager.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs a manager's server until SIGTERM or Ctrl-C.
 *
 * <pre>
 * java -cp ... dev.procession.manager.ManagerMain DIRECTORY SECRET-FILE [STORE-FILE]
 * </pre>
 *
 * <p>The directory is the address; the secret is the content of the file, which only the user
 * should be able to read. With a store the server's objects survive it. Programs attach by {@link
 * Manager#connect}. Users' objects ({@link Manager#shared}) are not offered, as they would run any
 * client's code here.
 *
 * <p>Its exit code is 3 when it ran out of memory, and 84 when the store failed.
 */
public final class ManagerMain {

    private static final int USAGE = 2;

    private ManagerMain() {}

    /**
     * Runs the server.
     *
     * @param args the directory, the file with the secret, and optionally the store's file
     * @throws IOException if the address is taken, or a file cannot be used
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2 || args.length > 3) {
            System.err.println("usage: ManagerMain DIRECTORY SECRET-FILE [STORE-FILE]");
            System.exit(USAGE);
        }
        ManagerServer server =
                ManagerServer.start(
                        options(
                                Path.of(args[0]),
                                Files.readAllBytes(Path.of(args[1])),
                                args.length == 3 ? Path.of(args[2]) : null),
                        Runtime.getRuntime()::halt);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "procession-manager-end"));
        System.out.println("listening: " + server.directory());
        new CountDownLatch(1).await(); // until the process is ended by a signal
    }

    private static ServerOptions options(Path directory, byte[] secret, @Nullable Path store) {
        return new ServerOptions(
                directory.toAbsolutePath().toString(),
                secret,
                false,
                ServerOptions.DEFAULT_MAX_FRAME_BYTES,
                ServerOptions.DEFAULT_MAX_CONNECTIONS,
                0,
                store == null ? null : store.toAbsolutePath().toString(),
                false,
                false);
    }
}
