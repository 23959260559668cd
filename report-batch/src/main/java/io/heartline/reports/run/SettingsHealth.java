package io.heartline.reports.run;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/** Part of readiness: whether this instance counts as the reports in the database are counted. */
final class SettingsHealth implements ReactiveHealthIndicator {

    private static final Duration TIMEOUT = Duration.ofMillis(800);

    private final DatabaseSettings settings;

    SettingsHealth(DatabaseSettings settings) {
        this.settings = settings;
    }

    @Override
    public Mono<Health> health() {
        return settings.checkOnce()
                .timeout(TIMEOUT)
                .then(Mono.fromSupplier(() -> Health.up().build()))
                .onErrorResume(e -> Mono.just(Health.down(e).build()));
    }
}
