package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a browser sends for a page of another origin that knows all but the token: nothing comes
 * back, even if the browser had added the cookie, which SameSite=Strict forbids.
 */
@Timeout(60)
class ForeignOriginTest extends PageUnderAttack {

    private static final String EVIL = "http://evil.example";

    /** Sends it with the cookie and without it. */
    private void assertNothing(String firstLine, String... headers) throws IOException {
        String request = client.request(firstLine.replace("~", client.directory), headers);
        for (String sent :
                List.of(
                        request,
                        request.replace("\r\nHost:", "\r\n" + client.cookie + "\r\nHost:"))) {
            assertNothing(sent, client.send(sent));
        }
    }

    private void assertNothing(String request, RawClient.Got got) {
        assertThat(got.status()).as(request).isEqualTo(403);
        assertThat(got.body()).as(request).hasSizeLessThan(100);
        assertThat(got.head().toLowerCase(Locale.ROOT))
                .as(request)
                .doesNotContain("set-cookie", "location", "access-control", client.directory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/plain",
                "application/json"
            })
    void shouldIgnoreAForm(String type) throws IOException {
        for (String action : Actions.NAMES) {
            for (String origin : List.of(EVIL, "null", "http://127.0.0.1:1", "file://")) {
                assertNothing(
                        "POST ~" + action,
                        "Origin: " + origin,
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Mode: navigate",
                        "Sec-Fetch-Dest: document",
                        "Sec-Fetch-User: ?1",
                        "Content-Type: " + type,
                        "Content-Length: 0");
                // An old browser
                assertNothing("POST ~" + action, "Origin: " + origin, "Content-Type: " + type);
            }
        }
    }

    @Test
    void shouldIgnoreScriptsAndWhatAPageContains() throws IOException {
        for (String path : List.of("~", "~events", "~snapshot", "~monitor.js", "~icon.svg", "/")) {
            for (String site : List.of("cross-site", "same-site")) {
                for (String kind :
                        List.of(
                                "no-cors image",
                                "no-cors script",
                                "no-cors style",
                                "no-cors empty",
                                "cors empty",
                                "cors font",
                                "navigate iframe",
                                "navigate object",
                                "navigate embed",
                                "same-origin empty",
                                "websocket websocket",
                                "websocket empty")) {
                    String[] words = kind.split(" ", -1);
                    assertNothing(
                            "GET " + path,
                            "Sec-Fetch-Site: " + site,
                            "Sec-Fetch-Mode: " + words[0],
                            "Sec-Fetch-Dest: " + words[1]);
                }
            }
            assertNothing("GET " + path, "Origin: " + EVIL, "Accept: text/event-stream");
            assertNothing("GET " + path, "Origin: null");
            assertNothing("HEAD " + path, "Origin: " + EVIL);
        }
    }

    @Test
    void shouldAllowNoOtherOriginAndUpgradeNothing() throws IOException {
        for (String path : List.of("~kill", "~snapshot", "/snapshot")) {
            assertNothing(
                    "OPTIONS " + path,
                    "Origin: " + EVIL,
                    "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: content-type, authorization",
                    "Access-Control-Request-Private-Network: true",
                    "Sec-Fetch-Mode: cors");
        }
        assertNothing(
                "GET ~events",
                "Origin: " + EVIL,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }

    /** A name that leads to 127.0.0.1 since its first answer: for the browser it is one origin. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example:%d",
                "evil.example",
                "127.0.0.1.evil.example:%d",
                "localhost.evil.example:%d",
                "localhost.:%d",
                "127.0.0.1.:%d",
                "127.1:%d",
                "2130706433:%d",
                "0x7f000001:%d",
                "0.0.0.0:%d",
                "[::1]:%d",
                "[::ffff:127.0.0.1]:%d",
                "127.0.0.1:0%d",
                "127.0.0.1:%d@evil.example",
                "evil.example@127.0.0.1:%d",
                "127.0.0.1:%d, evil.example",
                "",
            })
    void shouldIgnoreAReboundName(String name) throws IOException {
        String host = String.format(Locale.ROOT, name, client.port);
        for (String path : List.of("", "events", "snapshot", "monitor.js")) {
            for (String credential : List.of(client.cookie, client.bearer(), "X: y")) {
                String request =
                        "GET "
                                + client.directory
                                + path
                                + " HTTP/1.1\r\nHost: "
                                + host
                                + "\r\n"
                                + credential
                                + "\r\nSec-Fetch-Site: same-origin\r\n\r\n";
                assertNothing(request, client.send(request));
            }
        }
        String first = "GET /?token=" + client.token + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        assertNothing(first, client.send(first));
        String post =
                "POST "
                        + client.directory
                        + "kill HTTP/1.1\r\nHost: "
                        + host
                        + "\r\nOrigin: http://"
                        + host
                        + "\r\n"
                        + client.cookie
                        + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        assertNothing(post, client.send(post));
    }

    /** A link shows nothing to the page that has it; the cookie is not sent with it. */
    @Test
    void shouldLetALinkOfAnotherPageOpenNothingWithoutTheCookie() throws IOException {
        String[] follows = {
            "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"
        };
        String request = client.request("GET " + client.directory, follows);
        assertNothing(request, client.send(request));
        assertThat(client.send(client.request("GET /?token=" + client.token, follows)).status())
                .as("the printed address, followed in a mail")
                .isEqualTo(303);
    }

    @Test
    void shouldGiveACookieThatNoScriptAndNoOtherSiteCanUse() throws IOException {
        RawClient.Got got = client.send(client.request("GET /?token=" + client.token));
        assertThat(got.header("set-cookie").split("; ", -1))
                .hasSize(4)
                .contains("Path=" + client.directory, "HttpOnly", "SameSite=Strict");
        assertThat(got.header("set-cookie")).startsWith("procession-" + client.port + "=");
        assertThat(got.head() + got.body()).doesNotContain(client.token);
    }

    @Test
    void shouldTellBrowsersToKeepAllInside() throws IOException {
        for (String request :
                List.of(
                        "nonsense\r\n\r\n",
                        client.request("GET /"),
                        client.request("GET /?token=" + client.token),
                        client.request("GET " + client.directory, client.cookie),
                        client.request("GET " + client.directory + "x", client.cookie),
                        client.request("PUT " + client.directory + "kill", client.cookie),
                        client.request("GET " + client.directory + "snapshot", client.cookie),
                        client.request("GET " + client.directory + "events", client.cookie))) {
            RawClient.Got got = client.send(request);
            assertThat(got.header("content-security-policy"))
                    .as(request)
                    .contains("default-src 'self'", "base-uri 'none'", "form-action 'none'")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe", "data:", "http:", "*");
            assertThat(got.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(got.header("x-frame-options")).isEqualTo("DENY");
            assertThat(got.header("cache-control")).isEqualTo("no-store");
            assertThat(got.header("referrer-policy")).isEqualTo("no-referrer");
            assertThat(got.header("cross-origin-opener-policy")).isEqualTo("same-origin");
            assertThat(got.header("cross-origin-resource-policy")).isEqualTo("same-origin");
            assertThat(got.head()).doesNotContainIgnoringCase("access-control");
            assertThat(got.head()).doesNotContainIgnoringCase("server:");
        }
    }

    /** Else the policy would forbid what the page needs, or the page would need a weaker one. */
    @Test
    void shouldHaveNoInlineCodeAndNoForeignHost() throws Exception {
        Path files = Path.of(Page.class.getResource("index.html").toURI()).getParent();
        Pattern inline =
                Pattern.compile("<script(?![^>]* src=)|<style|[ \"]on[a-z]+=|style=|javascript:");
        Pattern code =
                Pattern.compile("innerHTML|outerHTML|insertAdjacent|document\\.write|eval\\(");
        Pattern host = Pattern.compile("(?:https?:)?//[a-z0-9]+\\.[a-z]+");
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                if (file.toString().endsWith(".class")) {
                    continue;
                }
                String text = Files.readString(file, StandardCharsets.UTF_8);
                if (file.toString().endsWith(".html")) {
                    assertThat(inline.matcher(text).find()).as(file.toString()).isFalse();
                }
                assertThat(code.matcher(text).find()).as(file.toString()).isFalse();
                assertThat(host.matcher(text.replace("http://www.w3.org/2000/svg", "")).find())
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    @Test
    void shouldLogNoToken() throws IOException {
        String query = "?token=" + client.token;
        for (String request :
                List.of(
                        client.request("GET /" + query),
                        client.request("GET /" + query + "\0"),
                        client.request("GET " + query),
                        client.request("POST /kill" + query, "Content-Length: x"),
                        client.request("GET /x", client.bearer(), client.bearer()),
                        client.request("POST /kill", client.bearer(), "Content-Length: 9"),
                        "GET /" + query)) {
            client.send(request);
        }
        assertThat(log.messages(Level.ALL))
                .noneMatch(message -> message.contains(client.token))
                .noneMatch(message -> message.contains(client.cookie.replaceAll(".*=", "")));
    }
}
