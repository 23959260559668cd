package io.heartline.quickstart.chaos;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each service in turn gets a SIGKILL under load, and is started again. */
@Tag("chaos")
class KillsIT {

    // what a batch could do wrong lies between two writes, and one kill may not hit it
    private static final int KILLS = 4;

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small("heartline.reports.chunk-size=100");

    @Test
    void killedProducer_losesNothingItAcknowledged() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.producer().process().kill();
            trial.awaitRetries();
            HEARTLINE.producer().start();

            trial.awaitMoreLikes();
            trial.assertConsistent("kill -9 of event-producer");
        }
    }

    @Test
    void killedGateway_readersComeBackAndMissNothing() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.gateway().process().kill();
            trial.awaitMoreLikes();
            HEARTLINE.gateway().start();

            trial.awaitReconnects();
            trial.awaitMoreLikes();
            trial.assertConsistent("kill -9 of push-gateway");
        }
    }

    @Test
    void killedBatch_countsEveryLikeOnce() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            for (int kill = 0; kill < KILLS; kill++) {
                trial.awaitRunInProgress(HEARTLINE.batch());
                HEARTLINE.batch().process().kill();
                HEARTLINE.batch().start();
            }

            trial.assertConsistent("kill -9 of report-batch");
        }
    }
}
