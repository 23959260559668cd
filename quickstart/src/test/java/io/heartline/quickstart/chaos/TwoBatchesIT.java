package io.heartline.quickstart.chaos;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two instances of the batch share the backlog of a time without any instance. */
@Tag("chaos")
class TwoBatchesIT {

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.withTwoBatches(
            "heartline.reports.chunk-size=50",
            "heartline.reports.lease=5s",
            "heartline.reports.queue-poll-interval=100ms");

    @Test
    void oneOfTwoBatchesKilled_theOtherFinishesItsPartitions() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            HEARTLINE.batch().process().stop();
            HEARTLINE.otherBatch().process().stop();
            scenario.awaitMoreLikes();
            scenario.awaitMoreLikes();

            HEARTLINE.batch().start();
            HEARTLINE.otherBatch().start();
            scenario.awaitBothFold(HEARTLINE.batch(), HEARTLINE.otherBatch());
            HEARTLINE.otherBatch().process().kill();

            scenario.assertConsistent("kill -9 of one of two report-batches on a backlog");
        }
    }
}
