package dev.procession.manager;

import dev.procession.manager.server.ManagerServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A program that runs a manager's server until SIGTERM or Ctrl-C.
 *
 * <pre>
 * java -cp ... dev.procession.manager.ManagerMain [OPTION...] DIRECTORY SECRET-FILE [STORE-FILE]
 *
 * --sync-writes                the store's disk has each write before it is acknowledged
 * --max-bytes=BYTES            what it stores at most; else a third of its heap
 * --max-message-bytes=BYTES    the longest request and answer; else 64m
 * --max-connections=COUNT      how many processes may be connected; else 4096
 * --json                       the line that tells the address is a JSON document
 * </pre>
 *
 * <p>Bytes may end with k, m or g, as in {@code -Xmx}. The options mean what the methods of {@link
 * ManagerBuilder} with these names do.
 *
 * <p>The directory is the address; the secret is the content of the file, without a line's end
 * behind it. Only the user may have access to the file (mode 0600). With a store the server's
 * objects survive it ({@link ManagerBuilder#persistTo}). Programs attach by {@link
 * Manager#connect}. Users' objects ({@link Manager#shared}) are not offered, as they would run any
 * client's code here.
 *
 * <p>Its exit code is 1 when it cannot start, 2 when its arguments are wrong, 3 when it ran out of
 * memory, and 84 when the store failed.
 */
public final class ManagerMain {

    private static final int USAGE = 2;
    private static final String JSON = "--json";

    private ManagerMain() {}

    /**
     * Runs the server.
     *
     * @param args options, the directory, the file with the secret, and optionally the store's file
     * @throws IOException if the address is taken, or a file cannot be used
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        ManagerBuilder builder;
        List<String> arguments = new ArrayList<>(List.of(args));
        boolean json = arguments.removeIf(JSON::equals);
        try {
            builder = ManagerArguments.read(arguments.toArray(new String[0]));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(ManagerArguments.USAGE);
            System.exit(USAGE);
            return;
        }
        ManagerServer server =
                ManagerServer.start(builder.programOptions(), Runtime.getRuntime()::halt);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "procession-manager-end"));
        String directory = server.directory().toString();
        System.out.println(json ? json(directory) : "listening: " + directory);
        new CountDownLatch(1).await(); // until the process is ended by a signal
    }

    private static String json(String directory) {
        StringBuilder text = new StringBuilder("{\"listening\":\"");
        for (int i = 0; i < directory.length(); i++) {
            char one = directory.charAt(i);
            if (one == '"' || one == '\\') {
                text.append('\\').append(one);
            } else if (one < ' ') {
                text.append(String.format("\\u%04x", (int) one));
            } else {
                text.append(one);
            }
        }
        return text.append("\"}").toString();
    }
}
