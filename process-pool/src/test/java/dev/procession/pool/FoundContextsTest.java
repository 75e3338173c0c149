package dev.procession.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import dev.procession.core.Codec;
import dev.procession.core.TraceEnvironment;
import dev.procession.pool.context.LoggingContext;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** Contexts that travel without a word, because their libraries are there. */
@Timeout(60)
class FoundContextsTest {

    private static final String REQUEST = "request";

    @AfterEach
    void clear() {
        MDC.clear();
        TenantAccessor.TENANT.remove();
    }

    @Test
    void shouldSendTheDiagnosticContextOfTheLog() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
            MDC.put(REQUEST, "7");
            assertThat(pool.submit(() -> MDC.get(REQUEST)).get()).isEqualTo("7");
            assertThat(pool.map(i -> i + MDC.get(REQUEST), List.of(1))).containsExactly("17");
            MDC.remove(REQUEST);
            assertThat(pool.submit(() -> MDC.get(REQUEST)).get()).isNull();
        }
    }

    @Test
    void shouldSendThreadLocalsWithAnAccessor() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).build()) {
            TenantAccessor.TENANT.set("blue");
            assertThat(pool.submit(() -> TenantAccessor.TENANT.get()).get()).isEqualTo("blue");
            TenantAccessor.TENANT.remove();
            assertThat(pool.submit(() -> TenantAccessor.TENANT.get()).get()).isNull();
        }
    }

    @Test
    void shouldClearOnlyWhatItHasSet() throws Exception {
        try (ProcessPoolExecutor pool =
                TestPools.quiet(1)
                        .initializer(() -> TenantAccessor.TENANT.set("the worker's"))
                        .build()) {
            MDC.put(REQUEST, "7"); // another context travels
            String own = pool.submit(() -> TenantAccessor.TENANT.get()).get();
            assertThat(own).isEqualTo("the worker's");
            assertThat(pool.submit(() -> TenantAccessor.TENANT.get()).get()).isEqualTo(own);
        }
    }

    @Test
    void shouldNotFailATaskWhoseContextCannotBeCleared() throws Exception {
        try (ProcessPoolExecutor pool =
                TestPools.quiet(1).context(new Unclearable()).retries(1).build()) {
            assertThat(pool.submit(() -> "done").get()).isEqualTo("done");
            assertThat(pool.stats().retried()).isZero();
        }
    }

    /** A context that fails after the task. */
    private static final class Unclearable implements TaskContext<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public String capture() {
            return "c";
        }

        @Override
        public void restore(String context) {}

        @Override
        public void clear() {
            throw new IllegalStateException("no");
        }
    }

    @Test
    void shouldSendNothingWhenToldSo() throws Exception {
        try (ProcessPoolExecutor pool = TestPools.quiet(1).discoverContexts(false).build()) {
            MDC.put(REQUEST, "7");
            assertThat(pool.submit(() -> MDC.get(REQUEST)).get()).isNull();
        }
    }

    @Test
    void shouldSendOnlyWhatWasNamedWithACodecOfTheUser() throws Exception {
        try (ProcessPoolExecutor pool =
                TestPools.quiet(1).codec(new OwnCodec()).context(new LoggingContext()).build()) {
            MDC.put(REQUEST, "7");
            TenantAccessor.TENANT.set("blue");
            assertThat(pool.submit(() -> MDC.get(REQUEST) + TenantAccessor.TENANT.get()).get())
                    .isEqualTo("7null");
        }
    }

    /** A codec of a user. */
    private static final class OwnCodec implements Codec, Serializable {

        private static final long serialVersionUID = 1L;

        @Override
        public byte[] encode(Object value) {
            return Codec.standard().encode(value);
        }

        @Override
        public Object decode(ByteBuffer bytes) {
            return Codec.standard().decode(bytes);
        }
    }

    @Test
    @SuppressWarnings("try") // the scope is only closed
    void shouldGiveEachTaskASpanOfTheSubmittersTrace() throws Exception {
        try (SdkTracerProvider provider = OwnSpans.provider();
                ProcessPoolExecutor pool =
                        TestPools.quiet(1).initializer(OwnSpans::record).build()) {
            Span request = provider.get("test").spanBuilder("request").startSpan();
            TaskFuture<String> within;
            TaskFuture<String> failing;
            try (Scope scope = request.makeCurrent()) {
                within = pool.submit(() -> Span.current().getSpanContext().getTraceId());
                failing =
                        pool.submit(
                                () -> {
                                    throw new IllegalStateException("no");
                                });
            }
            String trace = request.getSpanContext().getTraceId();
            String parent = request.getSpanContext().getSpanId();
            assertThat(within.get()).isEqualTo(trace);
            assertThatThrownBy(failing::get).isInstanceOf(ExecutionException.class);
            assertThat(pool.submit(() -> OwnSpans.describe()).get())
                    .containsExactly(
                            trace + " " + parent + " " + within.id() + " UNSET true",
                            trace + " " + parent + " " + failing.id() + " ERROR true");
        }
    }

    @Test
    @SuppressWarnings("try") // the task is submitted within the scope
    void shouldLetProgramsOfATaskJoinItsSpan() throws Exception {
        try (SdkTracerProvider provider = OwnSpans.provider();
                ProcessPoolExecutor pool =
                        TestPools.quiet(1).initializer(OwnSpans::record).build()) {
            Span request = provider.get("test").spanBuilder("request").startSpan();
            TaskFuture<String> task;
            try (Scope scope = request.makeCurrent()) {
                task = pool.submit(() -> traceParentOfAProgram());
            }
            List<String> parts = Splitter.on(' ').splitToList(task.get());
            assertThat(parts.get(0))
                    .isEqualTo("00-" + parts.get(1) + "-" + parts.get(2) + "-" + parts.get(3));
            assertThat(parts.get(1)).isEqualTo(request.getSpanContext().getTraceId());
            assertThat(parts.get(2)).isNotEqualTo(request.getSpanContext().getSpanId());
        }
    }

    /** Returns what a program sees, and the trace, the span and the flags of its task. */
    private static String traceParentOfAProgram() throws IOException {
        ProcessBuilder program = new ProcessBuilder("printenv", "TRACEPARENT");
        TraceEnvironment.addTo(program.environment());
        String seen =
                new String(program.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        SpanContext span = Span.current().getSpanContext();
        return String.join(
                " ",
                seen.strip(),
                span.getTraceId(),
                span.getSpanId(),
                span.getTraceFlags().asHex());
    }

    /** The spans of a process. */
    private static final class OwnSpans {

        private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();

        static SdkTracerProvider provider() {
            return SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                    .build();
        }

        static void record() {
            GlobalOpenTelemetry.set(
                    OpenTelemetrySdk.builder().setTracerProvider(provider()).build());
        }

        static List<String> describe() {
            List<String> all = new ArrayList<>();
            for (SpanData span : SPANS.getFinishedSpanItems()) {
                all.add(
                        span.getTraceId()
                                + " "
                                + span.getParentSpanId()
                                + " "
                                + value(span, "procession.task.id")
                                + " "
                                + span.getStatus().getStatusCode()
                                + " "
                                + ((double) value(span, "procession.task.wait") > 0));
            }
            return all;
        }

        private static Object value(SpanData span, String name) {
            return span.getAttributes().asMap().entrySet().stream()
                    .filter(entry -> entry.getKey().getKey().equals(name))
                    .findAny()
                    .orElseThrow()
                    .getValue();
        }
    }

    @Test
    void shouldFindNoneWithoutTheirLibraries() throws Exception {
        List<URL> own = new ArrayList<>();
        for (String place : withoutLibraries()) {
            own.add(url(place));
        }
        try (URLClassLoader loader =
                new URLClassLoader(own.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            var find = loader.loadClass(FoundContexts.class.getName()).getDeclaredMethod("find");
            find.setAccessible(true);
            assertThat((List<?>) find.invoke(null)).isEmpty();
        }
        assertThat(FoundContexts.find()).hasSize(3);
    }

    @Test
    void shouldFailNoTaskOfWorkersWithoutTheLibraries() throws Exception {
        String classPath = String.join(File.pathSeparator, withoutLibraries());
        try (ProcessPoolExecutor pool = TestPools.quiet(1).classPath(classPath).build()) {
            MDC.put(REQUEST, "7");
            TenantAccessor.TENANT.set("blue");
            assertThat(pool.submit(() -> "done").get()).isEqualTo("done");
        }
    }

    private static List<String> withoutLibraries() {
        List<String> own = new ArrayList<>();
        for (String place :
                Splitter.on(File.pathSeparatorChar).split(System.getProperty("java.class.path"))) {
            String name = Path.of(place).getFileName().toString();
            if (!name.startsWith("slf4j")
                    && !name.startsWith("opentelemetry")
                    && !name.startsWith("context-propagation")) {
                own.add(place);
            }
        }
        return own;
    }

    private static URL url(String place) throws MalformedURLException {
        return Path.of(place).toUri().toURL();
    }
}
