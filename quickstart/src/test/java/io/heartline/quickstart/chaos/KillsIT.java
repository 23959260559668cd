package io.heartline.quickstart.chaos;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each service in turn is killed by SIGKILL under load, and started again. */
@Tag("chaos")
class KillsIT {

    // a defect of the batch would be between two writes, and one kill may occur at another moment
    private static final int KILLS = 4;

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small("heartline.reports.chunk-size=100");

    @Test
    void killedProducer_losesNoAcknowledgedLike() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.producer().process().kill();
            scenario.awaitRetries();
            HEARTLINE.producer().start();

            scenario.awaitMoreLikes();
            scenario.assertConsistent("kill -9 of event-producer");
        }
    }

    @Test
    void killedGateway_readersReconnect_andMissNoLike() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.gateway().process().kill();
            scenario.awaitMoreLikes();
            HEARTLINE.gateway().start();

            scenario.awaitReconnects();
            scenario.awaitMoreLikes();
            scenario.assertConsistent("kill -9 of push-gateway");
        }
    }

    @Test
    void killedBatch_countsEveryLikeOnce() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            for (int kill = 0; kill < KILLS; kill++) {
                scenario.awaitRunInProgress(HEARTLINE.batch());
                HEARTLINE.batch().process().kill();
                HEARTLINE.batch().start();
            }

            scenario.assertConsistent("kill -9 of report-batch");
        }
    }
}
