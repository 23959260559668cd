package io.heartline.producer.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;

/**
 * Finds the spans of requests, whose traces continue in the records of their likes. Spring decides which requests are sampled. For
 * other requests, and while tracing is off, no span is created.
 */
public final class RequestTracing {

    private final Tracer tracer;
    private final Propagator propagator;

    /**
     * Creates the tracing of requests.
     *
     * @param tracer creates spans
     * @param propagator writes trace headers
     */
    public RequestTracing(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /**
     * Returns the span of a request.
     *
     * @param exchange the request
     * @return {@link RequestSpan#NOOP} if the request is not sampled
     */
    public RequestSpan spanOf(ServerWebExchange exchange) {
        TracingContext tracingContext = ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .map(context -> context.<TracingContext>get(TracingContext.class))
                .orElse(null);
        Span request = tracingContext == null ? null : tracingContext.getSpan();
        return request != null && Boolean.TRUE.equals(request.context().sampled())
                ? new RecordedSpan(request)
                : RequestSpan.NOOP;
    }

    private final class RecordedSpan implements RequestSpan {

        private final Span span;

        RecordedSpan(Span span) {
            this.span = span;
        }

        @Override
        public RequestSpan startAppend() {
            return new RecordedSpan(tracer.spanBuilder()
                    .setParent(span.context())
                    .kind(Span.Kind.PRODUCER)
                    .name("append like")
                    .tag("messaging.system", "kafka")
                    .start());
        }

        @Override
        public List<Header> headers() {
            List<Header> headers = new ArrayList<>(1);
            propagator.inject(
                    span.context(),
                    headers,
                    (all, name, value) -> all.add(new RecordHeader(name, value.getBytes(StandardCharsets.US_ASCII))));
            return headers;
        }

        @Override
        public void recordError(Throwable e) {
            span.error(e);
        }

        @Override
        public void end() {
            span.end();
        }

        @Override
        public void runInScope(Runnable task) {
            Tracer.SpanInScope scope = tracer.withSpan(span);
            try {
                task.run();
            } finally {
                scope.close();
            }
        }
    }
}
