package io.heartline.gateway;

import io.micrometer.tracing.Span;
import java.util.concurrent.atomic.AtomicReference;

/** The span of a record's way through this instance. One that nobody is sent as a frame of its own comes to no end. */
final class Delivery {

    private final AtomicReference<Span> open;

    Delivery(Span open) {
        this.open = new AtomicReference<>(open);
    }

    /** Ends it the first time. */
    void written() {
        Span first = open.getAndSet(null);
        if (first != null) {
            first.end();
        }
    }
}
