package dev.procession.monitor.page;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request. All have the headers that keep foreign pages and caches away.
 *
 * @param status HTTP's number
 * @param type the media type
 * @param headers more headers
 * @param body what is sent; null for a stream, whose lines follow as they come
 */
record Response(int status, String type, Map<String, String> headers, byte @Nullable [] body) {

    static Response text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Response of(int status, String type, byte[] body) {
        return new Response(status, type, Map.of(), body);
    }

    /** Begins a stream of server-sent events. */
    static Response events() {
        return new Response(200, "text/event-stream", Map.of(), null);
    }

    void write(OutputStream out, boolean withBody) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Content-Type", type);
        all.put("Cache-Control", "no-store");
        all.put("Connection", "close");
        all.put(
                "Content-Security-Policy",
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        all.put("Cross-Origin-Opener-Policy", "same-origin");
        all.put("Cross-Origin-Resource-Policy", "same-origin");
        all.put("Referrer-Policy", "no-referrer");
        all.put("X-Content-Type-Options", "nosniff");
        all.put("X-Frame-Options", "DENY");
        if (body != null) {
            all.put("Content-Length", Integer.toString(body.length));
        }
        all.putAll(headers);
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" -\r\n");
        all.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        if (body != null && withBody) {
            out.write(body);
        }
        out.flush();
    }
}
