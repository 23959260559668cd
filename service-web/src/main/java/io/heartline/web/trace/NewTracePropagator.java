package io.heartline.web.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.List;

/**
 * A propagator that ignores what a request says of its trace, and begins a new one. A caller that is not trusted could otherwise
 * decide what is recorded, by the sampled flag or by choosing an id that the sampler accepts.
 *
 * @param tracer of the service
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
