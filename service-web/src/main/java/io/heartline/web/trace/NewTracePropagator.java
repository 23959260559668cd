package io.heartline.web.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.List;

/**
 * A propagator that ignores the trace of a request and begins a new trace. Otherwise an untrusted caller could decide which requests
 * are recorded, by the sampled flag or by an id that the sampler accepts.
 *
 * @param tracer the tracer of the service
 */
record NewTracePropagator(Tracer tracer) implements Propagator {

    @Override
    public List<String> fields() {
        return List.of();
    }

    @Override
    public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {
        // requests are only received here
    }

    @Override
    public <C> Span.Builder extract(C carrier, Getter<C> getter) {
        return tracer.spanBuilder().setNoParent();
    }
}
