package io.heartline.web.trace;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;

/** Whether a service records traces. */
public final class Tracing {

    private Tracing() {}

    /**
     * Returns whether traces are neither recorded nor continued, so that no span has to be made.
     *
     * @param tracer the tracer of the service
     * @param propagator the propagator of the service
     * @return false if a span may be recorded
     */
    public static boolean isOff(Tracer tracer, Propagator propagator) {
        return tracer == Tracer.NOOP || propagator.fields().isEmpty();
    }
}
