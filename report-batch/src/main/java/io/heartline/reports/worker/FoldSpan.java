package io.heartline.reports.worker;

import io.heartline.reports.run.Run;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The span of one chunk's fold, if any of its records was recorded on its way into the log: in the first one's trace, so
 * that it is kept whenever that is, and linked to all of them.
 */
final class FoldSpan {

    static final FoldSpan NONE = new FoldSpan(null);

    private static final int MAX_LINKS = 128;
    private static final String TRACEPARENT = "traceparent";
    private static final Pattern SAMPLED =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f][13579bdf].*");

    private final Tracer tracer;
    private final List<TraceContext> sampledContexts = new ArrayList<>(0);

    /** @param tracer null for none */
    FoldSpan(Tracer tracer) {
        this.tracer = tracer;
    }

    void add(ConsumerRecord<?, ?> record) {
        if (tracer == null || sampledContexts.size() == MAX_LINKS) {
            return;
        }
        Header header = record.headers().lastHeader(TRACEPARENT);
        if (header == null || header.value() == null) {
            return;
        }
        Matcher matcher = SAMPLED.matcher(new String(header.value(), StandardCharsets.US_ASCII));
        if (matcher.matches()) {
            sampledContexts.add(tracer.traceContextBuilder()
                    .traceId(matcher.group(1))
                    .spanId(matcher.group(2))
                    .sampled(true)
                    .build());
        }
    }

    /** What the task logs is found by the trace's id. */
    void runInSpan(Run run, Runnable task) {
        if (sampledContexts.isEmpty()) {
            task.run();
            return;
        }
        Span.Builder builder = tracer.spanBuilder()
                .setParent(sampledContexts.get(0))
                .kind(Span.Kind.CONSUMER)
                .name("fold chunk")
                .tag("messaging.system", "kafka")
                .tag("heartline.run", run.id());
        sampledContexts.forEach(context -> builder.addLink(new Link(context)));
        Span span = builder.start();
        Tracer.SpanInScope scope = tracer.withSpan(span);
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            span.error(e);
            throw e;
        } finally {
            scope.close();
            span.end();
        }
    }
}
