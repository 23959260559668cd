package io.heartline.producer.like;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** What was taken, what was turned away and why, and how long Kafka took. A like counts alone and as a line of a stream. */
public final class IngestMetrics {

    private final Counter accepted;
    private final Map<ProblemType, Counter> refused = new EnumMap<>(ProblemType.class);
    private final Timer ack;
    private final MeterRegistry registry;

    public IngestMetrics(MeterRegistry registry) {
        this.registry = registry;
        accepted = Counter.builder("heartline.producer.accepted")
                .description("Likes that Kafka has acknowledged")
                .register(registry);
        for (ProblemType type : ProblemType.values()) {
            refused.put(type, refused(type.slug));
        }
        ack = Timer.builder("heartline.producer.ack")
                .description("From handing a single like to Kafka's client until it is acknowledged")
                .serviceLevelObjectives(
                        Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
                                .map(Duration::ofMillis)
                                .toArray(Duration[]::new))
                .register(registry);
    }

    private Counter refused(String reason) {
        return Counter.builder("heartline.producer.refused")
                .description("Likes, or requests, that were refused")
                .tag("reason", reason)
                .register(registry);
    }

    public void accepted() {
        accepted.increment();
    }

    public void acknowledged(long nanos) {
        ack.record(Duration.ofNanos(nanos));
    }

    public void refused(ProblemType type) {
        refused.get(type).increment();
    }

    /** What has no type of its own: no such path, no such method. */
    public void refused(int status) {
        refused(Integer.toString(status)).increment();
    }
}
