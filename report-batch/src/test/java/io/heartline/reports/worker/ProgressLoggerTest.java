package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProgressLoggerTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Run RUNNING = new Run(
            "r-1",
            Run.ON_REQUEST,
            NOON,
            NOON,
            null,
            "instance",
            "epoch",
            List.of(0L),
            List.of(4_000L),
            null,
            null,
            null);

    private final Logger logger = (Logger) LoggerFactory.getLogger(ProgressLogger.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void runProgress_isLoggedEveryTenSeconds_withRateAndEta() {
        TestClock clock = new TestClock(NOON);
        ProgressLogger log = new ProgressLogger(clock);

        clock.advance(Duration.ofMillis(9_999));
        log.logIfDue(RUNNING, progressAt(900));
        assertThat(lines.list).isEmpty();
        clock.advance(Duration.ofMillis(1));
        log.logIfDue(RUNNING, progressAt(1_000));
        log.logIfDue(RUNNING, progressAt(1_001));

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("run r-1: 1000 of 4000 records, 100/s, 30 s left");
    }

    private static Map<Integer, Progress> progressAt(long next) {
        return Map.of(0, new Progress(0, "epoch", 0, 1, next, null, null, null, null, null, null, null));
    }
}
