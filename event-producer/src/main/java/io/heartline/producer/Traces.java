package io.heartline.producer;

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
 * Traces of requests, which go on in the records that come of them. Spring decides which request is recorded; of one that is
 * not, and of none unless traces are on, nothing is made.
 */
final class Traces {

    private final Tracer tracer;
    private final Propagator propagator;

    Traces(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** {@link Trace#NONE} unless the request is recorded. */
    Trace of(ServerWebExchange exchange) {
        TracingContext tracing = ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .map(context -> context.<TracingContext>get(TracingContext.class))
                .orElse(null);
        Span request = tracing == null ? null : tracing.getSpan();
        return request != null && Boolean.TRUE.equals(request.context().sampled()) ? new Recorded(request) : Trace.NONE;
    }

    private final class Recorded implements Trace {

        private final Span span;

        Recorded(Span span) {
            this.span = span;
        }

        @Override
        public Trace append() {
            return new Recorded(tracer.spanBuilder()
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
        public void failed(Throwable e) {
            span.error(e);
        }

        @Override
        public void end() {
            span.end();
        }

        @Override
        public void around(Runnable task) {
            Tracer.SpanInScope scope = tracer.withSpan(span);
            try {
                task.run();
            } finally {
                scope.close();
            }
        }
    }
}
