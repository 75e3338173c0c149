package dev.procession.monitor.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request. A connection carries exactly one, so no byte of it can count as part of another.
 *
 * @param method in upper case
 * @param path begins with a slash, and is compared as it came: nothing in it is decoded
 * @param query what follows the question mark; empty if there is none
 * @param headers by their names in lower case; none comes twice
 * @param body empty if there is none
 */
record Request(String method, String path, String query, Map<String, String> headers, byte[] body) {

    /** The longest request line or header. */
    static final int MAX_LINE = 8192;

    static final int MAX_HEADERS = 64;

    /** The longest body; a page sends a few numbers. */
    static final int MAX_BODY = 4096;

    /** How long all headers are together. */
    static final int MAX_HEAD = 32 * 1024;

    private static final int DELETE = 127;

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");

    /** Why a request is refused before anything in it counts. */
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        final transient Response response;

        Refused(Response response, String reason) {
            super(reason);
            this.response = response;
        }
    }

    /**
     * Reads a request.
     *
     * @return null if the connection ended before its first byte
     * @throws Refused if it is longer than it may be, or not as HTTP says
     */
    static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] words = first.split(" ", -1);
        if (words.length != 3
                || !words[2].startsWith("HTTP/1.")
                || !words[1].startsWith("/")
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(words[1])
                || !isToken(words[0])) {
            throw bad("not a request line");
        }
        Map<String, String> headers = headers(in);
        int question = words[1].indexOf('?');
        return new Request(
                words[0],
                question < 0 ? words[1] : words[1].substring(0, question),
                question < 0 ? "" : words[1].substring(question + 1),
                Map.copyOf(headers),
                body(in, headers));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        int bytes = 0;
        while (true) {
            String line = line(in);
            if (line == null) {
                throw bad("the request is cut short");
            }
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon <= 0 || !isToken(line.substring(0, colon))) {
                throw bad("not a header");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (headers.put(name, line.substring(colon + 1).strip()) != null) {
                throw bad("a header comes twice");
            }
            bytes += line.length();
            if (headers.size() > MAX_HEADERS || bytes > MAX_HEAD) {
                throw new Refused(Response.text(431, "too many headers"), "too many headers");
            }
        }
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            throw new Refused(Response.text(411, "a length is required"), "a body of chunks");
        }
        String length = headers.get("content-length");
        if (length == null) {
            return new byte[0];
        }
        if (!LENGTH.matcher(length).matches()) {
            throw bad("not a length");
        }
        int bytes = Integer.parseInt(length);
        if (bytes > MAX_BODY) {
            throw new Refused(Response.text(413, "the body is too long"), "a long body");
        }
        byte[] body = in.readNBytes(bytes);
        if (body.length < bytes) {
            throw bad("the request is cut short");
        }
        return body;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        byte[] bytes = new byte[MAX_LINE];
        int count = 0;
        while (true) {
            int next = in.read();
            if (next < 0) {
                if (count == 0) {
                    return null;
                }
                throw bad("the request is cut short");
            }
            if (next == '\n') {
                break;
            }
            if (count == MAX_LINE) {
                throw new Refused(Response.text(431, "a line is too long"), "a long line");
            }
            bytes[count++] = (byte) next;
        }
        if (count > 0 && bytes[count - 1] == '\r') {
            count--;
        }
        for (int i = 0; i < count; i++) {
            // Bytes above 127, which are negative, come in cookies of other servers of this host.
            if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == DELETE) {
                throw bad("a line has other characters than text");
            }
        }
        return new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(
                                c ->
                                        (c >= 'a' && c <= 'z')
                                                || (c >= 'A' && c <= 'Z')
                                                || (c >= '0' && c <= '9')
                                                || c == '-'
                                                || c == '_');
    }

    private static Refused bad(String reason) {
        return new Refused(Response.text(400, reason), reason);
    }

    /** Returns a header, or an empty text. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
