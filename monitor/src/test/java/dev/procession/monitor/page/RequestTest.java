package dev.procession.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RequestTest {

    private static final String GOOD =
            lines("POST /a/b?c=d HTTP/1.1~Host: 127.0.0.1:1~Cookie: a=b~Content-Length: 2~~{}");

    @Test
    void shouldReadARequest() throws IOException {
        Request request = read(GOOD);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/a/b");
        assertThat(request.query()).isEqualTo("c=d");
        assertThat(request.header("host")).isEqualTo("127.0.0.1:1");
        assertThat(request.body()).asString().isEqualTo("{}");
        assertThat(read("")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | GET",
                "400 | GET / HTTP/1.1 more",
                "400 | GET http://a/ HTTP/1.1",
                "400 | GET / HTTP/2",
                "400 | G:T / HTTP/1.1",
                "400 | GET / HTTP/1.1~Host: a~Host: b~~",
                "400 | GET / HTTP/1.1~Host : a~~",
                "400 | GET / HTTP/1.1~ folded: a~~",
                "400 | GET / HTTP/1.1~Content-Length: x~~",
                "400 | GET / HTTP/1.1~Content-Length: -1~~",
                "400 | GET / HTTP/1.1~Content-Length: 99~~{}",
                "411 | POST / HTTP/1.1~Transfer-Encoding: chunked~~0~~",
                "413 | POST / HTTP/1.1~Content-Length: 4097~~",
            })
    void shouldRefuseWhatIsNoRequest(int status, String text) {
        assertRefused(status, lines(text));
    }

    @Test
    void shouldBoundLinesAndHeaders() {
        assertRefused(431, "GET /" + "a".repeat(Request.MAX_LINE) + " HTTP/1.1\r\n\r\n");
        StringBuilder many = new StringBuilder("GET / HTTP/1.1\r\n");
        for (int i = 0; i <= Request.MAX_HEADERS; i++) {
            many.append("a").append(i).append(": b\r\n");
        }
        assertRefused(431, many + "\r\n");
    }

    /** Any bytes are a request, its end, or refused; nothing else is thrown. */
    @Test
    void shouldSurviveAnyBytes() throws IOException {
        Random random = new Random(7);
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = GOOD.getBytes(StandardCharsets.ISO_8859_1);
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                if (Request.read(new ByteArrayInputStream(bytes)) != null) {
                    read++;
                }
            } catch (Request.Refused e) {
                assertThat(e.response.status()).isBetween(400, 431);
            }
        }
        assertThat(read).as("requests that were read in spite of it").isPositive();
    }

    private static String lines(String text) {
        return text.replace("~", "\r\n");
    }

    private static void assertRefused(int status, String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        Request.Refused.class,
                        e -> assertThat(e.response.status()).isEqualTo(status));
    }

    private static Request read(String text) throws IOException {
        return Request.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
