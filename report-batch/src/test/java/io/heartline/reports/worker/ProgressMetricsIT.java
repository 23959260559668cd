package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.scheduling.support.CronExpression;
import reactor.core.publisher.Mono;

class ProgressMetricsIT {

    private final TestDatabase database = new TestDatabase();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void idleInstance_reportsProgressOfOthers_andItsOwnLeases() throws Exception {
        TestTopic likes = TestTopic.create(3);
        likes.append(TestDatabase.randomLikes(100));
        BatchInstance batch = database.batch(likes);
        batch.run();
        Progress current = batch.progressOf(1);
        batch.progress
                .acquireLease(current, "me", Instant.now(), Duration.ofMinutes(1))
                .block();

        ProgressMetrics metrics = new ProgressMetrics(registry, batch.progress, null, "me");

        await().until(() -> gauge("heartline.reports.leases") == 1);
        assertThat(gauge("heartline.reports.as.of.timestamp"))
                .isEqualTo(current.asOf().toEpochMilli() / 1000.0);
        metrics.stop();
    }

    @Test
    void beforeTheFirstRun_asOfIsNaN() throws Exception {
        BatchInstance batch = database.batch(TestTopic.create(3));

        ProgressMetrics metrics =
                new ProgressMetrics(registry, batch.progress, CronExpression.parse("0 */5 * * * *"), "me");

        assertThat(gauge("heartline.reports.as.of.timestamp")).isNaN();
        metrics.stop();
    }

    @Test
    void failedRefresh_doesNotEndRefreshing() throws Exception {
        TestTopic likes = TestTopic.create(1);
        likes.append(TestDatabase.randomLikes(100));
        database.batch(likes).run();
        AtomicInteger calls = new AtomicInteger();
        ProgressStore broken = new ProgressStore(database.mongo) {
            @Override
            public Mono<Map<Integer, Progress>> all() {
                return switch (calls.getAndIncrement()) {
                    case 0 -> throw new IllegalStateException("first");
                    case 1 ->
                        Mono.defer(() -> {
                            throw new NoClassDefFoundError("second");
                        });
                    case 2 -> Mono.never();
                    default -> super.all();
                };
            }
        };

        ProgressMetrics metrics = new ProgressMetrics(registry, broken, null, "me", Duration.ofMillis(100));

        await().untilAsserted(() -> assertThat(gauge("heartline.reports.as.of.timestamp"))
                .isEqualTo(database.clock.instant().toEpochMilli() / 1000.0));
        metrics.stop();
    }

    @ParameterizedTest
    @CsvSource({
        "*/10 * * * * *, 10",
        "0 */5 * * * *, 300",
        "0 0/30 8-17 * * *, 52200", // from 17:30 until 08:00
        "0 0 6 * * MON, 604800"
    })
    void scheduleInterval_isTheLongestTimeBetweenTwoRuns(String schedule, double seconds) {
        assertThat(ProgressMetrics.longestInterval(CronExpression.parse(schedule)))
                .isEqualTo(seconds);
        assertThat(ProgressMetrics.longestInterval(null)).isNaN();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
