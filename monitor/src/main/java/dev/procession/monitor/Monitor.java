package dev.procession.monitor;

import dev.procession.monitor.page.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;

/**
 * A page in the browser that shows what all programs of this user do with Procession: pools,
 * workers, tasks, queues, managers and locks, as they are now and over the last minutes. It stands
 * beside {@code ProcessPoolExecutor.stats()} as a task manager stands beside {@code
 * ProcessHandle.info()}.
 *
 * <pre>{@code
 * try (Monitor monitor = Monitor.open(0)) { // prints the address
 *     runTheProgram();
 * }
 * }</pre>
 *
 * <p>Without a line of code: {@code -Dprocession.monitor=0} opens it, if this module is on the
 * path, when the program makes its first pool, manager or child process.
 *
 * <p>Only this machine can connect, and only whoever has the token in the address may look; a
 * browser that has opened the address once keeps it as a cookie. Who may look may also cancel tasks
 * and kill workers. The same user has the same address at the same port again, so an open page goes
 * on when its program is started again. On a machine with other users take a port that no one else
 * can get while the program is down.
 *
 * <p>The page watches other programs as well, which need no monitor, and goes on when one of them
 * dies. Nothing is looked at while no page is open. All its threads are daemons. Thread-safe; only
 * {@code close} waits, for half a second at most.
 */
public final class Monitor implements AutoCloseable {

    private final Page page;

    private Monitor(Page page) {
        this.page = page;
    }

    /**
     * Opens the page, and prints its address to {@code System.err}.
     *
     * @param port 0 for any free one
     * @return the open monitor, which lives until it is closed or the program ends
     * @throws IllegalArgumentException if there is no such port
     * @throws UncheckedIOException if the port is not free
     */
    public static Monitor open(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is from 0 to 65535: port=" + port);
        }
        try {
            return new Monitor(Page.openAndPrint(port));
        } catch (IOException e) {
            throw new UncheckedIOException("the monitor could not be opened: port=" + port, e);
        }
    }

    /**
     * Returns the page's address.
     *
     * @return the address with the token: whoever has it may look, cancel and kill
     */
    public URI address() {
        return page.address();
    }

    /** Closes the page. Closing twice is fine. */
    @Override
    public void close() {
        page.close();
    }
}
