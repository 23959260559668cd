package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class ProgressPollerTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    private final AtomicInteger reads = new AtomicInteger();
    private final Scheduler clock = Schedulers.newSingle("watch");

    @AfterEach
    void dispose() {
        clock.dispose();
    }

    /** Reactor throws such an error instead of signalling it, so no operator of the pipeline handles it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void afterAnError_laterRequestsAreAnswered(int failingRead) {
        ProgressPoller poller = poller(failingRead);

        catchThrowable(() -> poller.await(progress -> reads.get() > failingRead, Duration.ofSeconds(5))
                .block(Duration.ofSeconds(2)));

        assertThat(poller.await(progress -> true, Duration.ofSeconds(5)).block())
                .isNotNull();
    }

    @Test
    void concurrentRequests_shareThePolls() {
        ProgressPoller poller = poller(-1);
        Mono<Map<Integer, Progress>> one = poller.await(progress -> reads.get() > 2, Duration.ofSeconds(5));

        Mono.zip(one, one, one).block();

        assertThat(reads.get()).isEqualTo(3);
    }

    private ProgressPoller poller(int failingRead) {
        return new ProgressPoller(
                Mono.defer(() -> {
                    if (reads.getAndIncrement() == failingRead) {
                        throw new NoClassDefFoundError("once");
                    }
                    return Mono.just(Map.of());
                }),
                SHORT,
                clock);
    }
}
