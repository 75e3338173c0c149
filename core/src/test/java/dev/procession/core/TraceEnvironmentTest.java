package dev.procession.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.errorprone.annotations.MustBeClosed;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that are started within a span join its trace. */
@Timeout(60)
@SuppressWarnings("try") // a test is within its scopes
class TraceEnvironmentTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

    @MustBeClosed
    private static Scope within(TraceState state) {
        return Span.wrap(SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), state))
                .makeCurrent();
    }

    @Test
    void shouldTellTheSpanItsStateAndTheBaggage() {
        Map<String, String> environment = new HashMap<>(Map.of("OTHER", "kept"));
        try (Scope span = within(TraceState.builder().put("vendor", "x").build());
                Scope baggage = Baggage.builder().put("tenant", "blue").build().makeCurrent()) {
            TraceEnvironment.addTo(environment);
        }
        assertThat(environment)
                .containsOnly(
                        Map.entry("OTHER", "kept"),
                        Map.entry("TRACEPARENT", PARENT),
                        Map.entry("TRACESTATE", "vendor=x"),
                        Map.entry("BAGGAGE", "tenant=blue"));
    }

    @Test
    void shouldReplaceAnInheritedTraceWholly() {
        Map<String, String> environment =
                new HashMap<>(Map.of("TRACEPARENT", "old", "TRACESTATE", "old", "BAGGAGE", "old"));
        try (Scope span = within(TraceState.getDefault())) {
            TraceEnvironment.addTo(environment);
        }
        assertThat(environment).containsOnly(Map.entry("TRACEPARENT", PARENT));
    }

    @Test
    void shouldLeaveAnInheritedTraceOutsideOfSpans() {
        Map<String, String> environment = new HashMap<>(Map.of("TRACEPARENT", "old"));
        TraceEnvironment.addTo(environment);
        assertThat(environment).containsOnly(Map.entry("TRACEPARENT", "old"));
    }

    @Test
    void shouldGiveAChildTheSpanOfItsStarter() throws Exception {
        try (Scope span = within(TraceState.getDefault());
                Scope baggage = Baggage.builder().put("tenant", "blue").build().makeCurrent();
                ChildProcess<List<String>> child =
                        ChildProcess.start(TraceEnvironmentTest::joined)) {
            assertThat(child.result()).containsExactly(PARENT, TRACE, SPAN, "blue");
        }
    }

    /** Makes a span with an SDK of its own; returns what it belongs to. */
    private static List<String> joined() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        try (SdkTracerProvider provider =
                SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build()) {
            provider.get("test").spanBuilder("child").startSpan().end();
            SpanData child = spans.getFinishedSpanItems().get(0);
            return new ArrayList<>(
                    List.of(
                            String.valueOf(System.getenv("TRACEPARENT")),
                            child.getTraceId(),
                            child.getParentSpanId(),
                            String.valueOf(Baggage.current().getEntryValue("tenant"))));
        }
    }

    @Test
    void shouldPassOnTheTraceWithinTheChild() throws Exception {
        try (Scope span = within(TraceState.getDefault());
                ChildProcess<String> child =
                        ChildProcess.start(
                                () -> {
                                    try (ChildProcess<String> second =
                                            ChildProcess.start(PlainChild::traceParent)) {
                                        return second.result();
                                    }
                                })) {
            assertThat(child.result()).isEqualTo(PARENT);
        }
    }

    @Test
    void shouldLetTheUserNameTheTrace() throws Exception {
        String other = PARENT.replace('b', 'c');
        try (Scope span = within(TraceState.builder().put("vendor", "x").build());
                ChildProcess<String> child =
                        ChildProcess.builder()
                                .environment("TRACEPARENT", other)
                                .start(PlainChild::traceParent);
                ChildProcess<String> none =
                        ChildProcess.builder()
                                .withoutEnvironment("TRACEPARENT")
                                .start(PlainChild::traceParent)) {
            assertThat(child.result()).isEqualTo(other);
            assertThat(none.result()).isEqualTo("null");
        }
    }

    @Test
    void shouldStartChildrenWithoutTheLibrary() throws Exception {
        List<String> without = new ArrayList<>();
        Iterable<String> classPath =
                Splitter.on(File.pathSeparatorChar).split(System.getProperty("java.class.path"));
        for (String entry : classPath) {
            if (!entry.contains("opentelemetry")) {
                without.add(entry);
            }
        }
        try (Scope span = within(TraceState.getDefault());
                ChildProcess<String> child =
                        PlainChild.start(String.join(File.pathSeparator, without))) {
            assertThat(child.result()).isEqualTo(PARENT);
        }
    }
}
