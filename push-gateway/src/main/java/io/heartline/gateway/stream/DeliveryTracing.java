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

/** Goes on with the traces of records that were recorded on their way into the log. */
public final class DeliveryTracing {

    private final Tracer tracer;
    private final Propagator propagator;
    private final boolean isDisabled;

    public DeliveryTracing(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.isDisabled = Tracing.isOff(tracer, propagator);
    }

    /** The way of a record from here to its first reader; null unless it is recorded. */
    public DeliverySpan startDelivery(ConsumerRecord<byte[], byte[]> record, Position position) {
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

    /** Checked before a span is made, because a span that is not recorded costs as much as any other. */
    private static boolean isSampled(Header traceparent) {
        return traceparent != null && TraceParent.isSampled(traceparent.value());
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.US_ASCII);
    }
}
