package io.heartline.gateway.stream;

import io.heartline.events.Position;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Goes on with the traces of records that were recorded on their way into the log. */
public final class DeliveryTracing {

    private static final String TRACEPARENT = "traceparent";
    private static final int MIN_LENGTH = 55; // of version 00; later ones only add to it
    private static final int SAMPLED = 1;

    private final Tracer tracer;
    private final Propagator propagator;
    private final boolean isDisabled;

    public DeliveryTracing(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.isDisabled = tracer == Tracer.NOOP || propagator.fields().isEmpty();
    }

    /** The way of a record from here to its first reader; null unless it is recorded. */
    public DeliverySpan startDelivery(ConsumerRecord<byte[], byte[]> record, Position position) {
        if (isDisabled || !isSampled(record.headers().lastHeader(TRACEPARENT))) {
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

    /** Looked at first, since making a span of no consequence costs as much as any. */
    private static boolean isSampled(Header traceparent) {
        byte[] value = traceparent == null ? null : traceparent.value();
        return value != null
                && value.length >= MIN_LENGTH
                && (Character.digit(value[MIN_LENGTH - 1], 16) & SAMPLED) != 0;
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.US_ASCII);
    }
}
