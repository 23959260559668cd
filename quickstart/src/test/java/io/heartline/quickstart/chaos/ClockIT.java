package io.heartline.quickstart.chaos;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The clocks of the services jump. The clocks of Kafka and of the apps are correct. */
@Tag("chaos")
@EnabledIf(
        value = "io.heartline.quickstart.chaos.FakeClock#isInstalled",
        disabledReason = "libfaketime, which makes clocks jump, is not installed: apt-get install faketime")
class ClockIT {

    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.withTwoBatches(
                    "heartline.reports.chunk-size=50",
                    "heartline.reports.lease=5s",
                    "heartline.reports.queue-poll-interval=100ms")
            .withFakeClocks();

    @Test
    void clocksJumpAnHourAheadAndBack_nothingStops() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.shiftClocks(HOUR);
            scenario.awaitRunRequestedAhead(HEARTLINE.batch(), HOUR);
            scenario.awaitMoreLikes();
            HEARTLINE.shiftClocks(Duration.ZERO);

            scenario.awaitMoreLikes();
            scenario.assertConsistent("the services' clocks were an hour ahead for a while");
        }
    }

    @Test
    void batchWithAClockAnHourAheadKilled_itsPartitionsAreTakenOver() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            HEARTLINE.batch().process().stop();
            HEARTLINE.otherBatch().process().stop();
            scenario.awaitMoreLikes();
            scenario.awaitMoreLikes();

            HEARTLINE.otherBatch().clock().shift(HOUR);
            HEARTLINE.batch().start();
            HEARTLINE.otherBatch().start();
            scenario.awaitBothFold(HEARTLINE.batch(), HEARTLINE.otherBatch());
            HEARTLINE.otherBatch().process().kill();
            HEARTLINE.otherBatch().clock().shift(Duration.ZERO);

            scenario.assertConsistent("kill -9 of a report-batch whose clock was an hour ahead");
        }
    }
}
