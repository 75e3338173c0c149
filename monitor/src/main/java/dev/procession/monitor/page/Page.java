package dev.procession.monitor.page;

import dev.procession.core.log.Log;
import dev.procession.monitor.look.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The page as a whole: which address shows what. */
public final class Page implements AutoCloseable {

    private static final String SCRIPT = "text/javascript; charset=utf-8";

    /** The files of the page, with their types. */
    private static final Map<String, String> FILES =
            Map.of(
                    "index.html", "text/html; charset=utf-8",
                    "monitor.css", "text/css; charset=utf-8",
                    "monitor.js", SCRIPT,
                    "dom.js", SCRIPT,
                    "charts.js", SCRIPT,
                    "stream.js", SCRIPT,
                    "model.js", SCRIPT,
                    "overview.js", SCRIPT,
                    "details.js", SCRIPT,
                    "icon.svg", "image/svg+xml");

    private static final byte[] STILL_HERE = ": \n\n".getBytes(StandardCharsets.US_ASCII);
    private static final long STILL_HERE_SECONDS = 5;

    /** How long an action may take: a look at programs of which some do not answer. */
    private static final long ACTION_SECONDS = 60;

    private static final Log LOG = Log.of(Page.class);

    private final Sampler sampler = new Sampler();
    private final Actions actions = new Actions();
    private final PageServer server;
    private final Access access;

    private Page(int port, Path keyFile) throws IOException {
        byte[] key = key(keyFile);
        server = PageServer.bind(port);
        access = new Access(key, server.port());
    }

    /**
     * Opens the page.
     *
     * @param port 0 for any free one
     */
    public static Page open(int port) throws IOException {
        return open(port, KeyFile.ofUser());
    }

    static Page open(int port, Path keyFile) throws IOException {
        Page page = new Page(port, keyFile);
        page.server.serve(page::handle);
        return page;
    }

    /** The same, and prints its address to {@code System.err}. */
    public static Page openAndPrint(int port) throws IOException {
        Page page = open(port);
        System.err.println("The monitor of Procession is at " + page.address());
        return page;
    }

    private static byte[] key(Path file) {
        try {
            return KeyFile.read(file);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.report(Level.WARNING, "the page's address holds only for this program: " + e, null);
            return KeyFile.random();
        }
    }

    /** The address with the token. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.port() + access.firstAddress());
    }

    private void handle(Request request, PageServer.Connection connection) throws IOException {
        boolean withBody = !request.method().equals("HEAD");
        if (!access.isForUs(request)) {
            connection.send(Response.text(403, "refused"), withBody);
            return;
        }
        boolean isScript = access.hasTokenAsHeader(request);
        if (request.method().equals("GET") && access.hasTokenInAddress(request)) {
            connection.send(access.welcome(), true);
        } else if (isScript && !request.path().startsWith(access.directory())) {
            show(request, request.path().substring(1), connection, withBody);
        } else if (request.path().startsWith(access.directory())
                && (isScript || access.hasCookie(request))) {
            String path = request.path().substring(access.directory().length());
            show(request, path, connection, withBody);
        } else {
            connection.send(
                    Response.text(
                            403, "Open the address that the program printed when it started."),
                    withBody);
        }
    }

    private void show(
            Request request, String path, PageServer.Connection connection, boolean withBody)
            throws IOException {
        connection.admit();
        boolean reads = request.method().equals("GET") || !withBody;
        String file = path.isEmpty() ? "index.html" : path;
        if (Actions.NAMES.contains(path)) {
            if (!request.method().equals("POST")
                    || !request.header("content-type").startsWith("application/json")) {
                connection.send(Response.text(405, "POST an object of JSON"), withBody);
                return;
            }
            connection.allow(ACTION_SECONDS);
            connection.send(actions.run(path, request.body()), true);
        } else if (reads && path.equals("events") && withBody) {
            sendEvents(connection);
        } else if (reads && path.equals("snapshot")) {
            connection.allow(ACTION_SECONDS);
            byte[] machine = sampler.toJson(Programs.look());
            connection.send(Response.of(200, "application/json", machine), withBody);
        } else if (reads && FILES.containsKey(file)) {
            connection.send(file(file), withBody);
        } else {
            connection.send(Response.text(404, "nothing is here"), withBody);
        }
    }

    private static Response file(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                return Response.text(404, "the JAR has no such file: " + name);
            }
            return Response.of(200, FILES.getOrDefault(name, SCRIPT), in.readAllBytes());
        }
    }

    /** Runs until the page is closed, its browser takes nothing any more, or the program ends. */
    private void sendEvents(PageServer.Connection connection) throws IOException {
        try (Sampler.Subscription events = sampler.subscribe()) {
            if (events == null) {
                connection.send(
                        Response.text(503, "too many pages: limit=" + Sampler.MAX_PAGES), true);
                return;
            }
            connection.stream(Response.events());
            while (true) {
                byte[] event = events.next(STILL_HERE_SECONDS);
                connection.stream(event == null ? STILL_HERE : event);
            }
        } catch (InterruptedException e) {
            // User code interrupts all threads, say; the browser connects again.
            LOG.report(Level.DEBUG, "a page was interrupted", e);
        }
    }

    @Override
    public void close() {
        server.close();
        sampler.close();
    }
}
