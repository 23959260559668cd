package io.heartline.reports.settings;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/**
 * Part of readiness: DOWN if the settings of this instance differ from those of the database. The database is asked at most once a
 * second, however many clients ask.
 */
final class SettingsHealth implements ReactiveHealthIndicator {

    private static final Duration TIMEOUT = Duration.ofMillis(800);
    private static final Duration MAX_AGE = Duration.ofSeconds(1);

    private final Mono<Health> latest;

    /** @param check fails while the settings differ; subscribed to for each comparison */
    SettingsHealth(Mono<Void> check) {
        latest = check.timeout(TIMEOUT)
                .then(Mono.fromSupplier(() -> Health.up().build()))
                .onErrorResume(e -> Mono.just(Health.down(e).build()))
                .cache(MAX_AGE);
    }

    @Override
    public Mono<Health> health() {
        return latest;
    }
}
