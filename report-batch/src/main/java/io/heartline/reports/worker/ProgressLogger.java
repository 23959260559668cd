package io.heartline.reports.worker;

import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the progress of a long run every 10 s. */
final class ProgressLogger {

    private static final Logger logger = LoggerFactory.getLogger(ProgressLogger.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final InstantSource clock;
    private Instant lastLoggedAt;

    ProgressLogger(InstantSource clock) {
        this.clock = clock;
        this.lastLoggedAt = clock.instant();
    }

    void logIfDue(Run run, Map<Integer, Progress> progress) {
        Instant now = clock.instant();
        if (now.isBefore(lastLoggedAt.plus(INTERVAL))) {
            return;
        }
        lastLoggedAt = now;
        RunView view = RunView.of(run, progress, true, now);
        logger.info(
                "run {}: {} of {} records, {}/s{}",
                run.id(),
                view.recordsDone(),
                view.recordsTotal(),
                view.recordsPerSecond() == null ? 0 : view.recordsPerSecond(),
                view.etaSeconds() == null ? "" : ", " + view.etaSeconds() + " s left");
    }
}
