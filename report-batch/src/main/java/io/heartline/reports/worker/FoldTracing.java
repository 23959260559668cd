package io.heartline.reports.worker;

import io.heartline.web.trace.Tracing;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;

/** Creates the spans of chunks, if tracing is enabled. */
final class FoldTracing {

    private final Tracer tracer;
    private final boolean isDisabled;

    FoldTracing(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.isDisabled = Tracing.isOff(tracer, propagator);
    }

    /** Returns a span for a chunk that is about to be pulled. */
    FoldSpan newSpan() {
        return isDisabled ? FoldSpan.NONE : new FoldSpan(tracer);
    }
}
