package io.heartline.quickstart.chaos;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two instances of the batch share what has piled up while there was none. */
@Tag("chaos")
class TwoBatchesIT {

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.withTwoBatches(
            "heartline.reports.chunk-size=50",
            "heartline.reports.lease=5s",
            "heartline.reports.queue-poll-interval=100ms");

    @Test
    void oneOfTwoBatchesKilled_theOtherFinishesWhatItHad() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            HEARTLINE.batch().process().stop();
            HEARTLINE.otherBatch().process().stop();
            trial.awaitMoreLikes();
            trial.awaitMoreLikes();

            HEARTLINE.batch().start();
            HEARTLINE.otherBatch().start();
            trial.awaitBothFold(HEARTLINE.batch(), HEARTLINE.otherBatch());
            HEARTLINE.otherBatch().process().kill();

            trial.assertConsistent("kill -9 of one of two report-batches on a backlog");
        }
    }
}
