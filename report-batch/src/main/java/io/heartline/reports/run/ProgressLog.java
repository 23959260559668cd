package io.heartline.reports.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a long run is, every few seconds, for whoever looks at the log. */
final class ProgressLog {

    private static final Logger logger = LoggerFactory.getLogger(ProgressLog.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final InstantSource clock;
    private Instant last;

    ProgressLog(InstantSource clock) {
        this.clock = clock;
        this.last = clock.instant();
    }

    void note(Run run, Map<Integer, Progress> progress) {
        Instant now = clock.instant();
        if (now.isBefore(last.plus(INTERVAL))) {
            return;
        }
        last = now;
        Run.View view = run.view(progress, true, now);
        logger.info(
                "run {}: {} of {} records, {}/s{}",
                run.id(),
                view.recordsDone(),
                view.recordsTotal(),
                view.recordsPerSecond() == null ? 0 : view.recordsPerSecond(),
                view.etaSeconds() == null ? "" : ", " + view.etaSeconds() + " s left");
    }
}
