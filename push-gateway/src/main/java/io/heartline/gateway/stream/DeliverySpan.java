package io.heartline.gateway.stream;

import io.micrometer.tracing.Span;
import java.util.concurrent.atomic.AtomicReference;

/** The span of a record's way through this instance. One that nobody is sent as a frame of its own comes to no end. */
public final class DeliverySpan {

    private final AtomicReference<Span> span;

    public DeliverySpan(Span span) {
        this.span = new AtomicReference<>(span);
    }

    /** Ends it the first time. */
    public void end() {
        Span first = span.getAndSet(null);
        if (first != null) {
            first.end();
        }
    }
}
