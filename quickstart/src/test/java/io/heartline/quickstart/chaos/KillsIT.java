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
    static final Deployment HEARTLINE = Deployment.small("heartline.reports.chunk=100");

    @Test
    void killedProducer_losesNothingItAcknowledged() throws Exception {
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            HEARTLINE.producer().process().kill();
            trial.awaitTriesAgain();
            HEARTLINE.producer().start();

            trial.awaitMoreLikes();
            trial.assertTruth("kill -9 of event-producer");
        }
    }

    @Test
    void killedGateway_readersComeBackAndMissNothing() throws Exception {
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            HEARTLINE.gateway().process().kill();
            trial.awaitMoreLikes();
            HEARTLINE.gateway().start();

            trial.awaitReturns();
            trial.awaitMoreLikes();
            trial.assertTruth("kill -9 of push-gateway");
        }
    }

    @Test
    void killedBatch_countsEveryLikeOnce() throws Exception {
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            for (int kill = 0; kill < KILLS; kill++) {
                trial.awaitRunUnderWay(HEARTLINE.batch());
                HEARTLINE.batch().process().kill();
                HEARTLINE.batch().start();
            }

            trial.assertTruth("kill -9 of report-batch");
        }
    }
}
