package dev.procession.monitor.page;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who may use the page: whoever has the token, by which a browser gets a cookie.
 *
 * <p>The token, the cookie and the page's directory are three values of the user's key and the
 * port; none gives another one away. Browsers send a cookie to every port of a host: the directory,
 * which is the cookie's path, keeps it from the servers of others. A request must name the loopback
 * interface and our port as its host, so a name that was bound to it anew gets nothing, and must
 * not come from a page of another origin.
 */
final class Access {

    private static final String TOKEN_QUERY = "token=";
    private static final String BEARER = "Bearer ";

    private static final Set<String> OUR_SITES = Set.of("", "same-origin", "none");

    private final int port;
    private final String token;
    private final String cookie;
    private final String directory;

    Access(byte[] key, int port) {
        this.port = port;
        token = derive(key, "token");
        cookie = derive(key, "cookie");
        directory = "/" + derive(key, "directory").substring(0, 12) + "/";
    }

    private String derive(byte[] key, String what) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] value = mac.doFinal((what + ":" + port).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** The first address of the page, without its host. */
    String firstAddress() {
        return "/?" + TOKEN_QUERY + token;
    }

    /** The directory of the page, which ends with a slash. */
    String directory() {
        return directory;
    }

    /** Whether the request was sent to us, and by no page but ours. */
    boolean isForUs(Request request) {
        String host = request.header("host");
        if (!host.equals("127.0.0.1:" + port) && !host.equals("localhost:" + port)) {
            return false;
        }
        String origin = request.header("origin");
        if (!origin.isEmpty() && !origin.equals("http://" + host)) {
            return false;
        }
        // A link on another page may lead here, for it shows nothing to that page.
        boolean follows =
                request.method().equals("GET")
                        && request.header("sec-fetch-mode").equals("navigate")
                        && request.header("sec-fetch-dest").equals("document");
        return follows || OUR_SITES.contains(request.header("sec-fetch-site"));
    }

    /** Whether the request is the first one of a browser, with the token in its address. */
    boolean hasTokenInAddress(Request request) {
        return request.path().equals("/")
                && request.query().startsWith(TOKEN_QUERY)
                && same(request.query().substring(TOKEN_QUERY.length()), token);
    }

    /** Whether the request has the token as a header, as a script sends it. */
    boolean hasTokenAsHeader(Request request) {
        String header = request.header("authorization");
        return header.startsWith(BEARER) && same(header.substring(BEARER.length()), token);
    }

    /**
     * Whether the request has the cookie; one that changes something must also say which page sent
     * it, as all browsers do.
     */
    boolean hasCookie(Request request) {
        boolean found = false;
        for (String each : request.header("cookie").split("; *", -1)) {
            int equals = each.indexOf('=');
            if (equals > 0 && each.substring(0, equals).equals(cookieName())) {
                found |= same(each.substring(equals + 1), cookie);
            }
        }
        return found && (request.method().equals("GET") || !request.header("origin").isEmpty());
    }

    private String cookieName() {
        return "procession-" + port;
    }

    /** Leads a browser that had the token to the address without it. */
    Response welcome() {
        return new Response(
                303,
                "text/plain",
                Map.of(
                        "Location",
                        directory,
                        "Set-Cookie",
                        cookieName()
                                + "="
                                + cookie
                                + "; Path="
                                + directory
                                + "; HttpOnly; SameSite=Strict"),
                new byte[0]);
    }

    private static boolean same(String given, String expected) {
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }
}
