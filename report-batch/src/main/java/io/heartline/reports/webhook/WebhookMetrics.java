package io.heartline.reports.webhook;

import io.heartline.reports.feed.ChangeReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The metrics of the webhook, under {@code heartline.reports.webhook}. */
final class WebhookMetrics {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<ChangeReason, Counter> delivered = new EnumMap<>(ChangeReason.class);
    private final Counter restarted;
    private final Map<FailureCause, Counter> failures = new EnumMap<>(FailureCause.class);
    private volatile @Nullable State state;

    /**
     * What an instance knows that delivers.
     *
     * @param oldest when the oldest change was entered that is not acknowledged; null if there is none
     * @param failingSinceNanos the first failure of the message that has failed for the longest time; null if none is failing
     */
    private record State(@Nullable Instant oldest, @Nullable Long failingSinceNanos) {}

    /** @param nanos the monotonic clock of deliveries */
    WebhookMetrics(MeterRegistry registry, InstantSource clock, LongSupplier nanos) {
        for (ChangeReason reason : ChangeReason.values()) {
            delivered.put(reason, delivered(registry, reason.name()));
        }
        restarted = delivered(registry, "restarted");
        for (FailureCause cause : FailureCause.values()) {
            failures.put(
                    cause,
                    Counter.builder("heartline.reports.webhook.failures")
                            .description("Attempts that the receiver of the webhook has not acknowledged")
                            .tag("cause", cause.tag())
                            .register(registry));
        }
        Gauge.builder("heartline.reports.webhook.oldest.age", () -> oldestAge(clock.instant()))
                .description(
                        "The age of the oldest change that the receiver has not acknowledged; 0 if there is none; NaN if"
                                + " another instance delivers")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("heartline.reports.webhook.failing", () -> failingSeconds(nanos.getAsLong()))
                .description(
                        "For how long a message has failed; 0 if none is failing; NaN if another instance delivers")
                .baseUnit("seconds")
                .register(registry);
    }

    private static Counter delivered(MeterRegistry registry, String reason) {
        return Counter.builder("heartline.reports.webhook.delivered")
                .description("Messages that the receiver of the webhook has acknowledged to this instance")
                .tag("reason", reason)
                .register(registry);
    }

    private double oldestAge(Instant now) {
        State last = state;
        if (last == null) {
            return Double.NaN;
        }
        return last.oldest() == null
                ? 0
                : Math.max(0, Duration.between(last.oldest(), now).toNanos() / NANOS_PER_SECOND);
    }

    private double failingSeconds(long nowNanos) {
        State last = state;
        if (last == null) {
            return Double.NaN;
        }
        return last.failingSinceNanos() == null ? 0 : (nowNanos - last.failingSinceNanos()) / NANOS_PER_SECOND;
    }

    /** @param reason null for the message that the receiver has to start over */
    void delivered(@Nullable ChangeReason reason) {
        (reason == null ? restarted : delivered.get(reason)).increment();
    }

    void failed(FailureCause cause) {
        failures.get(cause).increment();
    }

    /** Shows what is in the window of this instance. */
    void update(Window window) {
        Delivery oldest = window.oldest();
        Delivery failing = window.longestFailing();
        state = new State(
                oldest == null ? null : oldest.enteredAt, failing == null ? null : failing.firstFailureNanos());
    }

    /** Called when another instance delivers. */
    void notDelivering() {
        state = null;
    }
}
