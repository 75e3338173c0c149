package dev.procession.monitor.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Sends any bytes to a page, as no well-behaved client would. */
final class RawClient {

    private static final int PATIENCE_MILLIS = 30_000;

    final Page page;
    final int port;
    final String token;
    final String directory;

    /** The cookie's header, as a browser sends it. */
    final String cookie;

    RawClient(Page page) throws IOException {
        this.page = page;
        port = page.address().getPort();
        token = page.address().getQuery().substring("token=".length());
        Got got = send(request("GET /?token=" + token));
        directory = got.header("location");
        cookie = "Cookie: " + got.header("set-cookie").replaceAll(";.*", "");
    }

    /**
     * An answer.
     *
     * @param status 0 if there was none
     */
    record Got(int status, String head, String body) {

        String header(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst()
                    .orElse("");
        }
    }

    String bearer() {
        return "Authorization: Bearer " + token;
    }

    String host() {
        return "Host: 127.0.0.1:" + port;
    }

    /** Returns a request with the page's own host. */
    String request(String firstLine, String... headers) {
        StringBuilder text = new StringBuilder(firstLine).append(" HTTP/1.1\r\n");
        text.append(host()).append("\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text + "\r\n";
    }

    Socket connect() throws IOException {
        return connect(PATIENCE_MILLIS);
    }

    /**
     * Connects.
     *
     * @throws IOException if the port's queue is full for this long
     */
    Socket connect(int millis) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        try {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            socket.connect(new InetSocketAddress(loopback, port), millis);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    Got send(String request) throws IOException {
        return send(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends the pieces one after the other, and reads the answer; of a stream its head. */
    Got send(byte[]... pieces) throws IOException {
        try (Socket socket = connect()) {
            try {
                for (byte[] piece : pieces) {
                    socket.getOutputStream().write(piece);
                }
                socket.shutdownOutput();
            } catch (IOException e) {
                // The answer has come before the request's end.
            }
            return parse(read(socket.getInputStream()));
        }
    }

    private static byte[] read(InputStream in) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            int count;
            while ((count = in.read(buffer)) >= 0) {
                all.write(buffer, 0, count);
                String text = all.toString(StandardCharsets.ISO_8859_1);
                if (text.contains("\r\nContent-Type: text/event-stream\r\n")) {
                    break;
                }
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the page neither answered nor closed the connection", e);
        } catch (IOException e) {
            return all.toByteArray(); // closed before all was read
        }
        return all.toByteArray();
    }

    private static Got parse(byte[] bytes) {
        String all = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = all.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Got(0, "", all);
        }
        return new Got(
                Integer.parseInt(all.substring(9, 12)),
                all.substring(0, end),
                all.substring(end + 4));
    }
}
