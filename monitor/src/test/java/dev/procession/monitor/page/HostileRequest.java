package dev.procession.monitor.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests out of a seed: some good, most of them mutated in their lines or in their bytes. */
final class HostileRequest {

    private static final String[] METHODS = {
        "GET", "GET", "GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE", "CONNECT", "get", "G\0T", ""
    };

    private static final String[] PATHS = {
        "",
        "index.html",
        "monitor.js",
        "icon.svg",
        "nothing",
        "..",
        "../",
        "../../../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "%252e%252e%252fetc%252fpasswd",
        "..\\..\\etc\\passwd",
        "./monitor.js",
        "/monitor.js",
        "//etc/passwd",
        "Page.class",
        "../Monitor.class",
        "package-info.class",
        "META-INF/MANIFEST.MF",
        "monitor.js%00.html",
        "monitor.js\0",
        "monitor.js;a=b",
        "monitor.js#x",
        "monitor.js?x=%ff",
        "m\u00f6nitor.js",
        "kill",
        "stack/",
        "cancel",
        "KILL",
    };

    private static final String[] HEADERS = {
        "Origin: null",
        "Origin: http://evil.example",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Mode: navigate",
        "Host: evil.example",
        "Cookie: a=b; c=\u00e4",
        "Authorization: Basic eDp5",
        "Authorization: Bearer",
        "Content-Length: 5",
        "Content-Length: -1",
        "Content-Length: +2",
        "Content-Length: 99999999999999999999",
        "Content-Length: 2, 2",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Expect: 100-continue",
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Range: bytes=0-1",
        "X-Forwarded-For: 127.0.0.1",
        " folded: more",
        "\tfolded",
        ":",
        ": no name",
        "No colon",
        "N\u00e4me: x",
        "Name : x",
        "X: \0",
        "X: a\rSet-Cookie: b",
    };

    private final RawClient client;
    private final Random random;
    private final boolean hasToken;

    private HostileRequest(RawClient client, long seed, boolean hasToken) {
        this.client = client;
        this.random = new Random(seed);
        this.hasToken = hasToken;
    }

    /** Returns the bytes of a request. */
    static byte[] of(RawClient client, long seed, boolean hasToken) {
        return new HostileRequest(client, seed, hasToken).make();
    }

    private byte[] make() {
        if (random.nextInt(20) == 0) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            return noise;
        }
        StringBuilder text = new StringBuilder(line());
        for (String header : headers()) {
            text.append(header).append(end());
        }
        text.append(end());
        if (random.nextInt(4) == 0) {
            text.append(
                    one("{}", "[[[[", "{\"session\":\"../x\",\"pool\":1,\"pid\":1}", "\0\0\0\0"));
        }
        if (random.nextInt(8) == 0) {
            text.append(client.request("GET /snapshot")); // in the same connection
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        for (int i = one(0, 0, 0, 1, 3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(10) == 0 ? random.nextInt(bytes.length) : bytes.length;
        return java.util.Arrays.copyOf(bytes, length);
    }

    private String line() {
        String path = one(client.directory, client.directory, "/", "//", "") + one(PATHS);
        return switch (random.nextInt(24)) {
            case 0 -> "GET http://127.0.0.1:" + client.port + path + " HTTP/1.1\r\n";
            case 1 -> "GET  " + path + " HTTP/1.1\r\n";
            case 2 -> "GET " + path + "\r\n";
            case 3 -> "GET " + path + one(" HTTP/2", " HTTP/0.9", " HTTP/1.1 ", " x") + "\r\n";
            case 4 -> "GET " + path + "a".repeat(random.nextInt(12_000)) + " HTTP/1.1\r\n";
            case 5 -> "GET /?token=" + client.token.substring(0, 42) + "% HTTP/1.1\r\n";
            case 6 -> hasToken ? "GET " + client.directory + "snapshot HTTP/1.1\r\n" : "\r\n";
            default -> one(METHODS) + " " + path + " HTTP/1.1" + end();
        };
    }

    private List<String> headers() {
        List<String> headers = new ArrayList<>();
        if (random.nextInt(8) > 0) {
            headers.add(one(client.host(), client.host(), "host: localhost:" + client.port));
        }
        if (hasToken && random.nextInt(8) > 0) {
            headers.add(one(client.cookie, client.bearer()));
        } else if (random.nextBoolean()) {
            headers.add(
                    one(
                            client.cookie.substring(0, client.cookie.length() - 1),
                            client.cookie.replace("=", "= "),
                            client.bearer() + "x",
                            client.bearer().toLowerCase(java.util.Locale.ROOT)));
        }
        for (int i = one(0, 0, 1, 2, 5, 70); i > 0; i--) {
            headers.add(one(HEADERS));
        }
        if (random.nextInt(30) == 0) {
            headers.add("X: " + "y".repeat(random.nextInt(12_000)));
        }
        return headers;
    }

    private String end() {
        return random.nextInt(30) == 0 ? one("\n", "\r", "\r\r\n", "") : "\r\n";
    }

    @SafeVarargs
    private <T> T one(T... values) {
        return values[random.nextInt(values.length)];
    }
}
