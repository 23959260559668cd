package io.heartline.quickstart.chaos;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services whose clocks jump, while Kafka's and the apps' go on as they should. */
@Tag("chaos")
@EnabledIf(
        value = "io.heartline.quickstart.chaos.FakeClock#isThere",
        disabledReason = "libfaketime, by which clocks are made to jump, is not installed: apt-get install faketime")
class ClockIT {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.withTwoBatches(
                    "heartline.reports.chunk-size=50",
                    "heartline.reports.lease=5s",
                    "heartline.reports.queue-poll-interval=100ms")
            .withFakeClocks();

    @Test
    void clocksJumpAnHourAheadAndBack_nothingStopsForIt() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.shiftClocks(HOUR);
            trial.awaitRunRequestedAhead(HEARTLINE.batch(), HOUR);
            trial.awaitMoreLikes();
            HEARTLINE.shiftClocks(Duration.ZERO);

            trial.awaitMoreLikes();
            trial.assertConsistent("the services' clocks went an hour ahead, and back");
        }
    }

    @Test
    void batchWithAClockAnHourAheadKilled_itsPartitionsAreTakenOver() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            HEARTLINE.batch().process().stop();
            HEARTLINE.otherBatch().process().stop();
            trial.awaitMoreLikes();
            trial.awaitMoreLikes();

            HEARTLINE.otherBatch().clock().shift(HOUR);
            HEARTLINE.batch().start();
            HEARTLINE.otherBatch().start();
            trial.awaitBothFold(HEARTLINE.batch(), HEARTLINE.otherBatch());
            HEARTLINE.otherBatch().process().kill();
            HEARTLINE.otherBatch().clock().shift(Duration.ZERO);

            trial.assertConsistent("kill -9 of a report-batch whose clock was an hour ahead");
        }
    }
}
