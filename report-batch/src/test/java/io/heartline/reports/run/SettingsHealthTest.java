package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.DifferentSettingsException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class SettingsHealthTest {

    private final AtomicInteger asked = new AtomicInteger();

    private final Mono<Void> different = Mono.defer(() -> {
        asked.incrementAndGet();
        return Mono.error(DifferentSettingsException.of("other settings"));
    });

    @Test
    void howeverManyClientsAsk_theDatabaseIsAskedOnceASecond() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            SettingsHealth health = new SettingsHealth(different);
            for (int i = 0; i < 100; i++) {
                assertThat(health.health().block().getStatus()).isEqualTo(Status.DOWN);
            }
            assertThat(asked).hasValue(1);

            time.advanceTimeBy(Duration.ofMillis(1_001));
            health.health().block();

            assertThat(asked).hasValue(2);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }
}
