package io.heartline.reports.run;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;

/** Whether the traces of likes are gone on with here. */
final class Traces {

    private final Tracer tracer;
    private final boolean isOff;

    Traces(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.isOff = tracer == Tracer.NOOP || propagator.fields().isEmpty();
    }

    /** Of a chunk that is about to be pulled. */
    FoldTrace chunk() {
        return isOff ? FoldTrace.NONE : new FoldTrace(tracer);
    }
}
