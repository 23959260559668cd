package io.heartline.reports.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.failure.DifferentSettingsException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class SettingsHealthTest {

    private final AtomicInteger queries = new AtomicInteger();

    private final Mono<Void> different = Mono.defer(() -> {
        queries.incrementAndGet();
        return Mono.error(DifferentSettingsException.of("other settings"));
    });

    @Test
    void manyProbes_queryTheDatabaseOncePerSecond() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            SettingsHealth health = new SettingsHealth(different);
            for (int i = 0; i < 100; i++) {
                assertThat(health.health().block().getStatus()).isEqualTo(Status.DOWN);
            }
            assertThat(queries).hasValue(1);

            time.advanceTimeBy(Duration.ofMillis(1_001));
            health.health().block();

            assertThat(queries).hasValue(2);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }
}
