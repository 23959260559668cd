package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.http.RefusalMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The thread of a tail that follows no partition. */
class LiveTailTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LiveAuthors authors = new LiveAuthors(
            new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24)),
            LikeFixtures.HASH,
            new LiveLimits(2, 1_000_000, 1_000, new RefusalMetrics(registry)),
            new LiveMetrics(registry),
            (author, weeks) -> {},
            JsonMapper.shared()::writeValueAsBytes);
    private final LiveTail tail = new LiveTail(authors, new LogEndChecks(), () -> {
        throw new IllegalStateException("no partition is followed");
    });
    private final Thread thread = new Thread(tail, "tail");

    @BeforeEach
    void start() {
        thread.start();
    }

    @AfterEach
    void stop() throws Exception {
        tail.close();
        thread.join(10_000);
    }

    @Test
    void failedTasks_endNeitherTheThreadNorLaterTasks() {
        for (int i = 0; i < 3; i++) {
            tail.execute(() -> {
                throw new IllegalStateException("a defect");
            });
        }

        assertThat(tail.<Integer>call(() -> 42)).isEqualTo(42);
    }

    /** Otherwise, a client that has just connected would wait until the server gives it up. */
    @Test
    void closedTail_executesTheTasksThatItHas() throws Exception {
        CountDownLatch isExecuted = new CountDownLatch(1);
        tail.call(() -> "the thread has started, and waits for tasks again");

        tail.execute(() -> {
            tail.execute(isExecuted::countDown);
            tail.close();
        });

        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(isExecuted.getCount()).isZero();
    }
}
