package io.heartline.gateway.stream;

import io.heartline.events.Position;
import io.heartline.web.trace.TraceParent;
import io.heartline.web.trace.Tracing;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The continuation of the traces that were sampled when their records were appended to the log. Thread-safe. */
public final class DeliveryTracing {

    private final Tracer tracer;
    private final Propagator propagator;
    private final String topic;
    private final boolean isDisabled;

    /**
     * Creates the tracing of deliveries.
     *
     * @param tracer the tracer of the application
     * @param propagator reads the trace from a record's headers
     * @param topic the name of the topic, which each span has as a tag
     */
    public DeliveryTracing(Tracer tracer, Propagator propagator, String topic) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.topic = topic;
        this.isDisabled = Tracing.isOff(tracer, propagator);
    }

    /**
     * Starts the span of a record's delivery.
     *
     * @param <R> the class of records
     * @param record the record
     * @param reader reads the record's headers
     * @param position the record's position, which the span has as a tag
     * @return the span; null if tracing is disabled or the record's trace is not sampled
     */
    public <R> @Nullable DeliverySpan startDelivery(R record, RecordReader<R> reader, Position position) {
        // checked before a span is created, because a span that is not sampled costs as much as a sampled one
        if (isDisabled || !TraceParent.isSampled(reader.lastHeader(record, TraceParent.HEADER))) {
            return null;
        }
        return new DeliverySpan(propagator
                .extract(record, (from, name) -> text(reader.lastHeader(from, name)))
                .kind(Span.Kind.CONSUMER)
                .name("push like")
                .tag("messaging.system", "kafka")
                .tag("messaging.destination.name", topic)
                .tag("heartline.position", position.toString())
                .start());
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.US_ASCII);
    }
}
