package io.heartline.web.trace;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The propagator that decides whether a caller's trace is continued, and a tracer that does nothing while traces are off ({@link
 * TraceAutoConfigurationFilter}).
 */
@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
        beforeName = "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration")
class TraceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Tracer tracer() {
        return Tracer.NOOP;
    }

    @Bean
    @ConditionalOnMissingBean
    Propagator propagator() {
        return Propagator.NOOP;
    }

    /** Replaces the handler of Spring Boot, which continues the trace of any caller. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = {"management.opentelemetry.enabled", "management.tracing.export.enabled"})
    @ConditionalOnBooleanProperty(name = "heartline.web.trust-traces", havingValue = false, matchIfMissing = true)
    static class UntrustedCallers {

        @Bean
        PropagatingReceiverTracingObservationHandler<?> newTraces(Tracer tracer) {
            return new PropagatingReceiverTracingObservationHandler<>(tracer, new NewTracePropagator(tracer));
        }
    }
}
