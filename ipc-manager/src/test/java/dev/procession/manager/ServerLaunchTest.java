package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The options of a server in a JVM of its own, seen by an object that lives in it. */
@Timeout(60)
class ServerLaunchTest {

    @TempDir Path directory;

    /** The environment and properties of the server's JVM. */
    interface Surroundings {
        @Nullable String variable(String name);

        @Nullable String property(String key);
    }

    private static final class OfTheServer implements Surroundings {
        @Override
        public @Nullable String variable(String name) {
            return System.getenv(name);
        }

        @Override
        public @Nullable String property(String key) {
            return System.getProperty(key);
        }
    }

    @Test
    void shouldHaveTheOptionsOfAllJvms() throws Exception {
        try (Manager manager =
                Manager.builder()
                        .name("keeper")
                        .environment("FRUIT", "apple")
                        .withoutEnvironment("HOME")
                        .systemProperty("nut", "hazel")
                        .classPath(System.getProperty("java.class.path"))
                        .directory(directory)
                        .jvmArgs("-Xmx100m")
                        .start()) {
            Surroundings server = manager.shared("it", Surroundings.class, OfTheServer::new);
            assertThat(server.variable("FRUIT")).isEqualTo("apple");
            assertThat(server.variable("HOME")).isNull();
            assertThat(server.property("nut")).isEqualTo("hazel");
            assertThat(server.property("user.dir")).isEqualTo(directory.toRealPath().toString());
        }
    }

    @Test
    void shouldReportTheJvmsReasonWhenItCannotStart() {
        assertThatThrownBy(() -> Manager.builder().jvmArgs("-XX:+NoSuchFlag").start())
                .isInstanceOf(UncheckedIOException.class)
                .hasStackTraceContaining("Unrecognized VM option 'NoSuchFlag'");
        assertThatThrownBy(() -> Manager.builder().javaHome(Path.of("/no/jdk")).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/no/jdk/bin/java");
    }
}
