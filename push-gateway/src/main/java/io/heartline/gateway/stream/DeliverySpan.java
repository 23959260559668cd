package io.heartline.gateway.stream;

import io.micrometer.tracing.Span;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The span of one record's delivery by this instance. It ends when a frame of its own was first flushed to a client. The span of a
 * record that clients receive only in digests never ends. Thread-safe.
 */
public final class DeliverySpan {

    private final AtomicReference<Span> span;

    /**
     * Creates the owner of a span.
     *
     * @param span a span that was started
     */
    public DeliverySpan(Span span) {
        this.span = new AtomicReference<>(span);
    }

    /** Ends the span. Later calls have no effect. */
    public void end() {
        Span first = span.getAndSet(null);
        if (first != null) {
            first.end();
        }
    }
}
