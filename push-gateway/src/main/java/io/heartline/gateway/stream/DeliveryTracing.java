package io.heartline.gateway.stream;

import io.heartline.events.Position;
import io.heartline.web.trace.TraceParent;
import io.heartline.web.trace.Tracing;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The continuation of the traces that were sampled when their records were appended to the log. Thread-safe. */
public final class DeliveryTracing {

    private final Tracer tracer;
    private final Propagator propagator;
    private final boolean isDisabled;

    /**
     * Creates the tracing of deliveries.
     *
     * @param tracer the tracer of the application
     * @param propagator reads the trace from a record's headers
     */
    public DeliveryTracing(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.isDisabled = Tracing.isOff(tracer, propagator);
    }

    /**
     * Starts the span of a record's delivery.
     *
     * @param record the record, with its headers
     * @param position the record's position, which the span has as a tag
     * @return the span; null if tracing is disabled or the record's trace is not sampled
     */
    public @Nullable DeliverySpan startDelivery(ConsumerRecord<byte[], byte[]> record, Position position) {
        if (isDisabled || !isSampled(record.headers().lastHeader(TraceParent.HEADER))) {
            return null;
        }
        return new DeliverySpan(propagator
                .extract(record.headers(), DeliveryTracing::text)
                .kind(Span.Kind.CONSUMER)
                .name("push like")
                .tag("messaging.system", "kafka")
                .tag("messaging.destination.name", record.topic())
                .tag("heartline.position", position.toString())
                .start());
    }

    /**
     * Returns whether the trace is sampled. Checked before a span is created, because a span that is not sampled costs as much as a
     * sampled one.
     */
    private static boolean isSampled(Header traceparent) {
        return traceparent != null && TraceParent.isSampled(traceparent.value());
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.US_ASCII);
    }
}
