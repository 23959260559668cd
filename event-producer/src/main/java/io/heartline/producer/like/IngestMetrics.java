package io.heartline.producer.like;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** Counts accepted and refused likes, and times acknowledgements. Single likes, lines of streams and items of arrays count alike. */
public final class IngestMetrics {

    private final Counter accepted;
    private final Map<ProblemType, Counter> refused = new EnumMap<>(ProblemType.class);
    private final Timer ack;
    private final MeterRegistry registry;

    /**
     * Registers the metrics.
     *
     * @param registry registry of the service
     */
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

    /** Counts a like that Kafka has acknowledged. */
    public void accepted() {
        accepted.increment();
    }

    /**
     * Records the time until a single like was acknowledged.
     *
     * @param nanos time in nanoseconds
     */
    public void acknowledged(long nanos) {
        ack.record(Duration.ofNanos(nanos));
    }

    /**
     * Counts a refused like or request.
     *
     * @param type reason of the refusal
     */
    public void refused(ProblemType type) {
        refused.get(type).increment();
    }

    /**
     * Counts a problem that ends a stream.
     *
     * @param problem problem of a type with a page, or of the type {@code about:blank}
     */
    public void refused(Problem problem) {
        Stream.of(ProblemType.values())
                .filter(type -> type.uri().equals(problem.type()))
                .findFirst()
                .ifPresentOrElse(this::refused, () -> refused(problem.status()));
    }

    /**
     * Counts a request that was refused for a reason without a problem type, for example an unknown path.
     *
     * @param status HTTP status of the answer
     */
    public void refused(int status) {
        refused(Integer.toString(status)).increment();
    }
}
