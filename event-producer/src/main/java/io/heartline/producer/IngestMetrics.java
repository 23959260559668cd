package io.heartline.producer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;

/** How many likes were taken and how many turned away, by the status they were answered with. */
@Component
class IngestMetrics {

    private final MeterRegistry registry;
    private final Counter accepted;

    IngestMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.accepted = Counter.builder("heartline.producer.accepted")
                .description("Likes that Kafka has acknowledged")
                .register(registry);
    }

    void accepted() {
        accepted.increment();
    }

    void refused(HttpStatusCode status) {
        Counter.builder("heartline.producer.refused")
                .description("Requests answered with a problem, by status")
                .tag("status", Integer.toString(status.value()))
                .register(registry)
                .increment();
    }
}
