package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procession.manager.proxy.RemoteManager;
import dev.procession.testing.Await;
import dev.procession.testing.Background;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagerMetricsTest {

    /** A scrape of all gauges waits a quarter of a second; the rest is for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(8);

    @RegisterExtension final StoppableServer server = new StoppableServer();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private Manager manager;

    @BeforeEach
    void bind() {
        manager = server.manager();
        new ManagerMetrics(manager, Tags.of("site", "here")).bindTo(registry);
    }

    private double gauge(String what) {
        return registry.get("procession.manager." + what)
                .tags("address", manager.address().toString(), "site", "here")
                .gauge()
                .value();
    }

    private double count(String what) {
        return registry.get("procession.manager." + what)
                .tags("site", "here")
                .functionCounter()
                .count();
    }

    @Test
    void shouldTellOfTheServerAndOfThisClient() throws Exception {
        manager.dict("d").put("key", "value");
        SharedSemaphore semaphore = manager.semaphore("s", 0);
        Background<?> waiter =
                Background.start(
                        () -> {
                            semaphore.acquire();
                            return null;
                        });
        server.awaitWaiting(1);
        double waits = count("client.waits");
        double calls = count("client.calls");

        Await.until(() -> gauge("waiting") == 1, "the meters are of this moment");
        assertThat(gauge("objects")).isEqualTo(2);
        assertThat(gauge("bytes")).isBetween(8.0, 1000.0);
        assertThat(gauge("bytes.max")).isGreaterThan(1 << 20);
        assertThat(gauge("connections")).isEqualTo(1);
        assertThat(gauge("clients")).isEqualTo(1);
        assertThat(count("operations")).isGreaterThanOrEqualTo(3);
        assertThat(count("failures")).isZero();
        assertThat(count("clients.ended")).isZero();
        assertThat(waits).isEqualTo(1);
        assertThat(count("client.reconnects")).isZero();
        // All these readings asked the server once or twice, not once each.
        assertThat(count("client.calls") - calls).isLessThan(6);

        ((RemoteManager) manager).client().cutConnections();
        semaphore.release();
        waiter.get();
        assertThat(count("client.reconnects")).isEqualTo(1);
    }

    @Test
    void shouldAskOnceForAllMeters() {
        assertThat(gauge("clients")).isEqualTo(1);
        double calls = count("client.calls");
        long begin = System.nanoTime();
        int readings = 0;
        while (readings < 100) {
            assertThat(gauge("clients")).isEqualTo(1);
            assertThat(count("operations")).isPositive();
            readings++;
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertThat(count("client.calls") - calls).isLessThanOrEqualTo(seconds + 1.0);
    }

    @Test
    void shouldGiveNothingForAServerThatStandsStill() throws Exception {
        double before = count("operations");
        assertThat(before).isPositive();
        server.stop();
        Await.until(() -> Double.isNaN(gauge("bytes")), "the figures are too old");
        long begin = System.nanoTime();
        assertThat(gauge("connections")).isNaN();
        assertThat(gauge("objects")).isNaN();
        assertThat(count("operations")).isGreaterThanOrEqualTo(before);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);

        server.goOn();
        Await.until(() -> gauge("connections") == 1, "the server answers again");
    }

    @Test
    void shouldGiveNothingOnceTheManagerIsClosed() {
        assertThat(gauge("clients")).isEqualTo(1);
        double operations = count("operations");
        manager.close();
        Await.until(() -> Double.isNaN(gauge("clients")), "the figures are too old");
        assertThat(count("operations")).isGreaterThanOrEqualTo(operations);
        assertThat(count("client.calls")).isPositive();
    }

    @Test
    void shouldRefuseAManagerOfAnotherKind() {
        Manager other =
                (Manager)
                        Proxy.newProxyInstance(
                                Manager.class.getClassLoader(),
                                new Class<?>[] {Manager.class},
                                (proxy, method, arguments) -> null);
        assertThatThrownBy(() -> new ManagerMetrics(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("class=");
    }
}
