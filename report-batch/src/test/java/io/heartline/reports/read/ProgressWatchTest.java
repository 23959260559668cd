package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.heartline.reports.run.Progress;
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

class ProgressWatchTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    private final AtomicInteger looks = new AtomicInteger();
    private final Scheduler clock = Schedulers.newSingle("watch");

    @AfterEach
    void dispose() {
        clock.dispose();
    }

    /** Reactor throws an error of this kind instead of passing it on, so no operator handles it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void afterAnError_laterRequestsAreAnswered(int look) {
        ProgressWatch watch = watch(look);

        catchThrowable(() -> watch.await(progress -> looks.get() > look, Duration.ofSeconds(5))
                .block(Duration.ofSeconds(2)));

        assertThat(watch.await(progress -> true, Duration.ofSeconds(5)).block()).isNotNull();
    }

    @Test
    void requestsThatWaitTogether_shareTheirLooks() {
        ProgressWatch watch = watch(-1);
        Mono<Map<Integer, Progress>> one = watch.await(progress -> looks.get() > 2, Duration.ofSeconds(5));

        Mono.zip(one, one, one).block();

        assertThat(looks.get()).isEqualTo(3);
    }

    private ProgressWatch watch(int brokenLook) {
        return new ProgressWatch(
                Mono.defer(() -> {
                    if (looks.getAndIncrement() == brokenLook) {
                        throw new NoClassDefFoundError("once");
                    }
                    return Mono.just(Map.of());
                }),
                SHORT,
                clock);
    }
}
